package dev.sluice.gateway.core;

import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.Loop;
import dev.sluice.gateway.spi.OutboundMessage;
import dev.sluice.gateway.spi.SendReceipt;
import dev.sluice.gateway.upstreams.Instance;
import dev.sluice.gateway.upstreams.PerLoop;
import dev.sluice.gateway.upstreams.ResourceKinds;
import dev.sluice.gateway.upstreams.SharedUpstream;
import dev.sluice.gateway.upstreams.UpstreamLease;
import dev.sluice.lifecycle.Tally;

/**
 * Sends go through the loop that they are called on and never leave it: callers whose messages must
 * keep an order share a connection, and so a loop.
 */
final class CoalescingSendPath implements SendPath {

  private final Instance instance;
  private final Tally pending;
  private final PerLoop<SendLoop> loops;

  CoalescingSendPath(Instance instance) {
    this.instance = instance;
    this.pending = instance.ledger().tally(ResourceKinds.PENDING_SEND, "send path");
    this.loops =
        new PerLoop<>(instance.loops(), (loop, index) -> new SendLoop(instance, loop, pending));
  }

  @Override
  public void send(
      UpstreamLease lease, OutboundMessage message, Completion<SendReceipt> completion) {
    SharedUpstream shared = SharedUpstream.of(lease);
    Loop loop = instance.loops().current();
    if (loop.inLoop()) {
      loops.of(loop).send(shared, message, completion);
    } else {
      // Called off the loops: equal keys take one loop, which keeps their order.
      String key = message.shardingKey();
      Loop chosen = key == null ? loop : instance.loops().owner(key);
      chosen.execute(() -> loops.of(chosen).send(shared, message, completion));
    }
  }

  @Override
  public void check(UpstreamLease lease, OutboundMessage message) {
    SharedUpstream.of(lease).check(message);
  }

  /** How many messages are accepted and not answered. */
  long pending() {
    return pending.value();
  }

  void closeTally() {
    pending.close();
  }
}
