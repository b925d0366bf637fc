package dev.sluice.gateway.core;

import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.upstreams.ConnectionScope;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.gateway.upstreams.Instance;
import dev.sluice.gateway.upstreams.Permit;
import dev.sluice.gateway.upstreams.ResourceKinds;
import dev.sluice.gateway.upstreams.UpstreamLease;
import dev.sluice.lifecycle.Tracked;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** A producer session. */
final class LiveProducer implements ProducerSession, LiveSession {

  private final Instance instance;
  private final ConnectionScope scope;
  private final String id;
  private final ProducerId content;
  private final UpstreamLease lease;
  private final Permit permit;
  private final Consumer<LiveProducer> ended;
  private final Transactions transactions;
  private final Tracked tracked;
  // A stream removes itself when it ends.
  private final Set<CheckFlow> checkers = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean open = new AtomicBoolean(true);

  LiveProducer(
      Instance instance,
      ConnectionScope scope,
      String id,
      ProducerId content,
      UpstreamLease lease,
      Permit permit,
      Consumer<LiveProducer> ended,
      Transactions transactions) {
    this.instance = instance;
    this.scope = scope;
    this.id = id;
    this.content = content;
    this.lease = lease;
    this.permit = permit;
    this.ended = ended;
    this.transactions = transactions;
    this.tracked = instance.ledger().track(ResourceKinds.PRODUCER, scope.peer(), this);
    instance.metrics().increment(Counter.ACTIVE_PRODUCERS);
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public String owner() {
    return content.owner();
  }

  @Override
  public String topic() {
    return content.topic();
  }

  @Override
  public UpstreamLease lease() {
    return lease;
  }

  @Override
  public ConnectionScope scope() {
    return scope;
  }

  @Override
  public CheckStream checks(CheckSink sink) {
    instance.requireAccepting();
    CheckFlow checker = transactions.checker(this, sink, checkers::remove);
    checkers.add(checker);
    checker.start();
    if (!open.get()) {
      checker.abort(closedFailure());
    }
    return checker;
  }

  private GatewayException closedFailure() {
    return GatewayException.unavailable("producer: of " + topic() + " is closed", null);
  }

  @Override
  public void close() {
    if (open.compareAndSet(true, false)) {
      ended.accept(this);
      scope.forget(this);
      checkers.forEach(checker -> checker.abort(closedFailure()));
      lease.close();
      permit.close();
      instance.metrics().decrement(Counter.ACTIVE_PRODUCERS);
      tracked.close();
    }
  }

  @Override
  public String toString() {
    return "producer of " + topic() + " by " + scope.peer();
  }
}
