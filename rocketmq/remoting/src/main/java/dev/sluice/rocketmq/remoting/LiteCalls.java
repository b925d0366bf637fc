package dev.sluice.rocketmq.remoting;

import dev.sluice.rocketmq.requests.Done;
import dev.sluice.rocketmq.requests.LiteSubscription;
import dev.sluice.rocketmq.requests.LiteTakenAway;
import dev.sluice.rocketmq.wire.RequestCode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Tells the masters of a topic, from the first loop. Safe for all threads. */
final class LiteCalls implements LiteSubscriptions {
  private final RouteCache routes;
  private final CallRouter router;
  private final long timeoutMillis;

  LiteCalls(RouteCache routes, CallRouter router, RemotingOptions options) {
    this.routes = routes;
    this.router = router;
    this.timeoutMillis = options.callTimeout().toMillis();
  }

  @Override
  public void change(String topic, LiteSubscription change, Reply<Done> reply) {
    Reply<Done> back = router.here(reply);
    boolean asked =
        router.atHome(
            () -> routes.lookup(topic, Replies.then(back, route -> tell(route, change, back))));
    if (!asked) {
      reply.failed(LoopCore.closed());
    }
  }

  private void tell(Route route, LiteSubscription change, Reply<Done> reply) {
    List<Endpoint> masters = new ArrayList<>();
    for (Broker broker : route.brokers()) {
      Endpoint master = broker.master();
      if (master == null) {
        reply.failed(
            ClientException.of(
                FailureCategory.UNAVAILABLE, "broker: " + broker.name() + " has no master now"));
        return;
      }
      masters.add(master);
    }
    All all = new All(masters.size(), reply);
    for (Endpoint master : masters) {
      router.call(master, change, Commands.Effect.CHANGES, timeoutMillis, all);
    }
  }

  /** Done when all are; on one loop. */
  private static final class All implements Reply<Done> {
    private final Reply<Done> reply;
    private int open;
    private @Nullable ClientException failure;

    All(int open, Reply<Done> reply) {
      this.open = open;
      this.reply = reply;
    }

    @Override
    public void done(Done value) {
      over();
    }

    @Override
    public void failed(ClientException problem) {
      failure = failure == null ? problem : failure;
      over();
    }

    private void over() {
      if (--open > 0) {
        return;
      }
      if (failure == null) {
        reply.done(Done.DONE);
      } else {
        reply.failed(failure);
      }
    }
  }

  @Override
  public void onTakenAway(Consumer<LiteTakenAway> listener) {
    router.processor(
        RequestCode.NOTIFY_UNSUBSCRIBE_LITE,
        (from, request) -> {
          listener.accept(LiteTakenAway.read(request));
          return null;
        });
  }
}
