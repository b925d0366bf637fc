package dev.sluice.gateway.core;

import dev.sluice.gateway.core.spi.Completion;
import dev.sluice.gateway.core.spi.Loop;
import dev.sluice.gateway.core.spi.OutboundMessage;
import dev.sluice.gateway.core.spi.SendReceipt;
import dev.sluice.lifecycle.Tally;

/**
 * Sends go through the loop that they are called on and never leave it: callers whose messages must
 * keep an order share a connection, and so a loop.
 */
final class CoalescingSendPath implements SendPath {

  private final Core core;
  private final Tally pending;
  private final PerLoop<SendLoop> loops;

  CoalescingSendPath(Core core) {
    this.core = core;
    this.pending = core.ledger().tally(ResourceKinds.PENDING_SEND, "send path");
    this.loops = new PerLoop<>(core.loops(), (loop, index) -> new SendLoop(core, loop, pending));
  }

  @Override
  public void send(
      UpstreamLease lease, OutboundMessage message, Completion<SendReceipt> completion) {
    SharedUpstream shared = ((Lease) lease).shared();
    Loop loop = core.loops().current();
    if (loop.inLoop()) {
      loops.of(loop).send(shared, message, completion);
    } else {
      // Called off the loops: equal keys take one loop, which keeps their order.
      String key = message.shardingKey();
      Loop chosen = key == null ? loop : core.loops().owner(key);
      chosen.execute(() -> loops.of(chosen).send(shared, message, completion));
    }
  }

  /** How many messages are accepted and not answered. */
  long pending() {
    return pending.value();
  }

  void closeTally() {
    pending.close();
  }
}
