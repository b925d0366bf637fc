package dev.sluice.gateway.backend.rocketmq;

import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.Delivery;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.ReceiveRequest;
import dev.sluice.gateway.spi.Receiving;
import dev.sluice.lifecycle.Clock;
import dev.sluice.rocketmq.client.EventLoops;
import dev.sluice.rocketmq.client.RocketMQClient;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The receives of one upstream, each a {@link ReceiveCall}. Called on loops only. */
final class Receiver {

  final RocketMQClient client;
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
      RocketMQClient client,
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
    } else if (starts.isSound(request.topic(), request.group())) {
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
   * Ends all receives as UNAVAILABLE, and those that come later. Completes when no pop is under way
   * at a broker any more, which takes as long as a broker waits: what it still hands out is handed
   * back.
   */
  CompletionStage<?> drain() {
    draining = true;
    for (ReceiveCall call : open) {
      call.loop().execute(() -> call.end(closed()));
    }
    completeWhenDrained();
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
