package dev.sluice.gateway.core;

import dev.sluice.gateway.core.GatewayMetrics.Counter;
import dev.sluice.lifecycle.Tracked;
import java.util.concurrent.atomic.AtomicBoolean;

/** A producer session. */
final class LiveProducer implements ProducerSession {

  private final Core core;
  private final ConnectionScope scope;
  private final String id;
  private final String topic;
  private final Lease lease;
  private final SessionTable table;
  private final Tracked tracked;
  private final AtomicBoolean open = new AtomicBoolean(true);

  LiveProducer(
      Core core, ConnectionScope scope, String id, String topic, Lease lease, SessionTable table) {
    this.core = core;
    this.scope = scope;
    this.id = id;
    this.topic = topic;
    this.lease = lease;
    this.table = table;
    this.tracked = core.ledger().track(ResourceKinds.PRODUCER, scope.peer(), this);
    core.metrics().increment(Counter.ACTIVE_PRODUCERS);
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public String topic() {
    return topic;
  }

  @Override
  public Lease lease() {
    return lease;
  }

  ConnectionScope scope() {
    return scope;
  }

  @Override
  public void close() {
    if (open.compareAndSet(true, false)) {
      table.remove(this);
      scope.forget(this);
      lease.close();
      core.metrics().decrement(Counter.ACTIVE_PRODUCERS);
      tracked.close();
    }
  }

  @Override
  public String toString() {
    return "producer of " + topic + " by " + scope.peer();
  }
}
