package dev.sluice.gateway.core;

import dev.sluice.gateway.deliveries.Deliveries;
import dev.sluice.gateway.deliveries.DeliverySink;
import dev.sluice.gateway.deliveries.DeliveryStream;
import dev.sluice.gateway.deliveries.StreamFlow;
import dev.sluice.gateway.deliveries.StreamSpec;
import dev.sluice.gateway.spi.Filter;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.Subscription;
import dev.sluice.gateway.upstreams.ConnectionScope;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.gateway.upstreams.Instance;
import dev.sluice.gateway.upstreams.Permit;
import dev.sluice.gateway.upstreams.ResourceKinds;
import dev.sluice.gateway.upstreams.UpstreamLease;
import dev.sluice.lifecycle.Tracked;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** A consumer session. */
final class LiveConsumer implements ConsumerSession, LiveSession {

  private final Instance instance;
  private final ConnectionScope scope;
  private final String id;
  private final ConsumerId content;
  private final UpstreamLease lease;
  private final Permit permit;
  private final Consumer<LiveConsumer> ended;
  private final Deliveries deliveries;
  private final Tracked tracked;
  // A stream removes itself when it ends.
  private final Set<StreamFlow> streams = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean open = new AtomicBoolean(true);

  LiveConsumer(
      Instance instance,
      ConnectionScope scope,
      String id,
      ConsumerId content,
      UpstreamLease lease,
      Permit permit,
      Consumer<LiveConsumer> ended,
      Deliveries deliveries) {
    this.instance = instance;
    this.scope = scope;
    this.id = id;
    this.content = content;
    this.lease = lease;
    this.permit = permit;
    this.ended = ended;
    this.deliveries = deliveries;
    this.tracked = instance.ledger().track(ResourceKinds.CONSUMER, scope.peer(), this);
    instance.metrics().increment(Counter.ACTIVE_CONSUMERS);
  }

  ConsumerId content() {
    return content;
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
  public String group() {
    return content.group();
  }

  @Override
  public Filter filter() {
    return content.filter();
  }

  @Override
  public boolean ordered() {
    return content.ordered();
  }

  @Override
  public UpstreamLease lease() {
    return lease;
  }

  @Override
  public ConnectionScope scope() {
    return scope;
  }

  Subscription subscription() {
    return new Subscription(topic(), group(), filter(), content.start());
  }

  @Override
  public DeliveryStream open(DeliverySink sink) {
    instance.requireAccepting();
    Duration maxHold =
        content.maxHold().isZero() ? instance.settings().receive().maxHold() : content.maxHold();
    var spec =
        new StreamSpec(lease, topic(), group(), filter(), ordered(), content.start(), maxHold);
    StreamFlow stream = deliveries.stream(spec, sink, this::over);
    streams.add(stream);
    stream.start();
    if (!open.get()) {
      stream.abort(closedFailure());
    }
    return stream;
  }

  /** With its last stream it has done what it was made for. */
  private void over(StreamFlow stream) {
    streams.remove(stream);
    if (streams.isEmpty()) {
      close();
    }
  }

  private GatewayException closedFailure() {
    return GatewayException.unavailable("consumer: of " + group() + " is closed", null);
  }

  @Override
  public void close() {
    if (open.compareAndSet(true, false)) {
      ended.accept(this);
      scope.forget(this);
      streams.forEach(stream -> stream.abort(closedFailure()));
      lease.close();
      permit.close();
      instance.metrics().decrement(Counter.ACTIVE_CONSUMERS);
      tracked.close();
    }
  }

  @Override
  public String toString() {
    return "consumer of " + group() + " on " + topic() + " by " + scope.peer();
  }
}
