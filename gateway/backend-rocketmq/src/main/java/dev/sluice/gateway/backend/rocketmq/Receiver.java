package dev.sluice.gateway.backend.rocketmq;

import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.Delivery;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.ReceiveRequest;
import dev.sluice.gateway.spi.Receiving;
import dev.sluice.lifecycle.Clock;
import dev.sluice.rocketmq.remoting.EventLoops;
import dev.sluice.rocketmq.remoting.RemotingClient;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The receives of one upstream, each a {@link ReceiveCall}. Called on loops only. */
final class Receiver {

  /** In which time a broker answers that has messages. */
  private static final Duration ANSWERS_WITHIN = Duration.ofMillis(500);

  final RemotingClient client;
  final StaleRoutes staleRoutes;
  final Leftovers leftovers;
  final GroupStarts starts;
  final Clock clock;
  private final EventLoops loops;

  /** Calls whose end is not told yet or whose pop is under way; each leaves when it has neither. */
  private final Set<ReceiveCall> open = ConcurrentHashMap.newKeySet();

  private final CompletableFuture<@Nullable Void> drained = new CompletableFuture<>();
  private volatile boolean draining;

  Receiver(
      RemotingClient client,
      StaleRoutes staleRoutes,
      EventLoops loops,
      GroupStarts starts,
      Clock clock) {
    this.client = client;
    this.staleRoutes = staleRoutes;
    this.leftovers = new Leftovers(client);
    this.loops = loops;
    this.starts = starts;
    this.clock = clock;
  }

  /** Receives; see {@code Upstream.receive}. */
  Receiving receive(ReceiveRequest request, Completion<List<Delivery>> completion) {
    ReceiveCall call = new ReceiveCall(this, request, loops.current(), completion);
    open.add(call);
    if (draining) {
      call.end(closed());
    } else if (request.lite() != null || starts.isSound(request.topic(), request.group())) {
      call.begin();
    } else {
      starts.restore(request.topic(), request.group(), Then.of(done -> call.begin(), call::failed));
    }
    return call;
  }

  /** The call has ended, and no pop of it is under way. */
  void left(ReceiveCall call) {
    open.remove(call);
    completeWhenDrained();
  }

  /**
   * Ends all receives as UNAVAILABLE, and those that come later. Completes when no broker is about
   * to answer any more: what it still hands out is handed back. One that has not answered for a
   * while has no messages and waits for some; it gives nothing to a connection that is closed.
   */
  CompletionStage<?> drain() {
    draining = true;
    for (ReceiveCall call : open) {
      call.loop().execute(() -> call.end(closed()));
    }
    completeWhenDrained();
    if (!drained.isDone()) {
      ScheduledFuture<?> late =
          loops
              .current()
              .schedule(
                  () -> drained.complete(null), ANSWERS_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
      var _ = drained.thenRun(() -> late.cancel(false));
    }
    return drained;
  }

  private static GatewayException closed() {
    return GatewayException.unavailable("upstream: closed", null);
  }

  private void completeWhenDrained() {
    if (draining && open.isEmpty()) {
      drained.complete(null);
    }
  }
}
