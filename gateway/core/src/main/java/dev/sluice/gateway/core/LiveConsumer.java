package dev.sluice.gateway.core;

import dev.sluice.gateway.deliveries.Deliveries;
import dev.sluice.gateway.deliveries.DeliverySink;
import dev.sluice.gateway.deliveries.DeliveryStream;
import dev.sluice.gateway.deliveries.StreamFlow;
import dev.sluice.gateway.deliveries.StreamOwner;
import dev.sluice.gateway.deliveries.StreamSpec;
import dev.sluice.gateway.spi.Filter;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.Subscription;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.gateway.upstreams.Instance;
import dev.sluice.gateway.upstreams.ResourceKinds;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A consumer session. */
final class LiveConsumer extends LiveSession implements ConsumerSession {

  private final ConsumerId content;
  private final Deliveries deliveries;
  // A stream removes itself when it ends.
  private final Set<StreamFlow> streams = ConcurrentHashMap.newKeySet();

  LiveConsumer(Instance instance, Basis basis, ConsumerId content, Deliveries deliveries) {
    super(instance, basis, ResourceKinds.CONSUMER, Counter.ACTIVE_CONSUMERS);
    this.content = content;
    this.deliveries = deliveries;
  }

  ConsumerId content() {
    return content;
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

  Subscription subscription() {
    return new Subscription(topic(), group(), filter(), content.start());
  }

  @Override
  public DeliveryStream open(DeliverySink sink) {
    instance().requireAccepting();
    Duration maxHold =
        content.maxHold().isZero() ? instance().settings().receive().maxHold() : content.maxHold();
    var spec =
        new StreamSpec(lease(), topic(), group(), filter(), ordered(), content.start(), maxHold);
    StreamFlow stream = deliveries.stream(spec, sink, new Owner());
    streams.add(stream);
    stream.start();
    if (!isOpen()) {
      stream.abort(closedFailure());
    }
    return stream;
  }

  /** With its last stream it has done what it was made for. */
  private final class Owner implements StreamOwner {
    @Override
    public boolean isOpen() {
      return LiveConsumer.this.isOpen();
    }

    @Override
    public void over(StreamFlow stream) {
      streams.remove(stream);
      if (streams.isEmpty()) {
        close();
      }
    }
  }

  private GatewayException closedFailure() {
    return GatewayException.unavailable("consumer: of " + group() + " is closed", null);
  }

  @Override
  void endStreams() {
    streams.forEach(stream -> stream.abort(closedFailure()));
  }

  @Override
  public String toString() {
    return "consumer of " + group() + " on " + topic() + " by " + scope().peer();
  }
}
