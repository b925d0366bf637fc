package dev.sluice.gateway.core;

import dev.sluice.gateway.core.GatewayMetrics.Counter;
import dev.sluice.gateway.core.spi.Filter;
import dev.sluice.gateway.core.spi.GatewayException;
import dev.sluice.gateway.core.spi.Loop;
import dev.sluice.gateway.core.spi.Subscription;
import dev.sluice.lifecycle.Tracked;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/** A consumer session. */
final class LiveConsumer implements ConsumerSession {

  private final Core core;
  private final ConnectionScope scope;
  private final String id;
  private final ConsumerId content;
  private final Lease lease;
  private final SessionTable table;
  private final GroupPolls polls;
  private final Tracked tracked;
  // A stream removes itself when it ends.
  private final Set<StreamFlow> streams = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean open = new AtomicBoolean(true);
  private volatile Subscription.Start start;

  LiveConsumer(
      Core core,
      ConnectionScope scope,
      String id,
      ConsumerId content,
      Lease lease,
      SessionTable table,
      GroupPolls polls) {
    this.core = core;
    this.scope = scope;
    this.id = id;
    this.content = content;
    this.lease = lease;
    this.table = table;
    this.polls = polls;
    this.start = content.start();
    this.tracked = core.ledger().track(ResourceKinds.CONSUMER, scope.peer(), this);
    core.metrics().increment(Counter.ACTIVE_CONSUMERS);
  }

  /** The topic is not there yet: all that it will hold comes after the subscription. */
  void topicIsMissing() {
    start = new Subscription.Start.Earliest();
  }

  @Override
  public String id() {
    return id;
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
  public Lease lease() {
    return lease;
  }

  ConnectionScope scope() {
    return scope;
  }

  Subscription subscription() {
    return new Subscription(topic(), group(), filter(), start);
  }

  @Override
  public DeliveryStream open(DeliverySink sink) {
    core.requireAccepting();
    Loop loop = core.loops().current();
    var key = new GroupPolls.Key(lease.shared(), topic(), group());
    Duration maxHold =
        content.maxHold().isZero() ? core.settings().receive().maxHold() : content.maxHold();
    var stream =
        new StreamFlow(
            core,
            polls.join(key, loop),
            loop,
            sink,
            filter(),
            ordered(),
            start,
            maxHold,
            streams::remove);
    streams.add(stream);
    stream.start();
    if (!open.get()) {
      stream.abort(closedFailure());
    }
    return stream;
  }

  private GatewayException closedFailure() {
    return GatewayException.unavailable("consumer: of " + group() + " is closed", null);
  }

  @Override
  public void close() {
    if (open.compareAndSet(true, false)) {
      table.remove(this);
      scope.forget(this);
      streams.forEach(stream -> stream.abort(closedFailure()));
      lease.close();
      core.metrics().decrement(Counter.ACTIVE_CONSUMERS);
      tracked.close();
    }
  }

  @Override
  public String toString() {
    return "consumer of " + group() + " on " + topic() + " by " + scope.peer();
  }
}
