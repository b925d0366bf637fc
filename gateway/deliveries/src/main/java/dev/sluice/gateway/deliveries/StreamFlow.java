package dev.sluice.gateway.deliveries;

import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.Loop;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.gateway.upstreams.Instance;
import dev.sluice.gateway.upstreams.OnLoop;
import dev.sluice.gateway.upstreams.ResourceKinds;
import dev.sluice.lifecycle.Dependent;
import dev.sluice.lifecycle.Tracked;
import java.util.List;

/** A stream on its own loop, where its sink is called. */
public final class StreamFlow implements DeliveryStream, Dependent {

  private final Instance instance;
  private final DeliverySink sink;
  private final Loop loop;
  private final StreamOwner owner;
  private final GroupPoll poll;
  private final Subscriber subscriber;
  private final Tracked tracked;
  private boolean open = true;
  private boolean ready = true;

  /**
   * Makes a stream that has not joined yet.
   *
   * @param poll counts it as joined already
   * @param owner what it ends with, and what is told of that
   */
  StreamFlow(
      Instance instance,
      GroupPoll poll,
      Loop loop,
      DeliverySink sink,
      StreamSpec spec,
      StreamOwner owner) {
    this.instance = instance;
    this.sink = sink;
    this.loop = loop;
    this.owner = owner;
    this.poll = poll;
    this.subscriber = new Subscriber(poll, this, spec, instance.settings().receive());
    this.tracked =
        instance
            .ledger()
            .track(ResourceKinds.STREAM, poll.key().group() + " " + poll.key().topic(), this);
    instance.metrics().increment(Counter.ACTIVE_STREAMS);
  }

  /** Joins its group; called once. */
  public void start() {
    OnLoop.run(poll.loop(), () -> poll.join(subscriber));
  }

  /** What it wants is asked for; called on the poll's loop, once, before anything is delivered. */
  void opened() {
    OnLoop.run(
        loop,
        () -> {
          if (open) {
            sink.opened();
          }
        });
  }

  /** Called on the poll's loop; in this order. */
  void deliver(List<SealedDelivery> deliveries) {
    OnLoop.run(loop, () -> hand(deliveries));
  }

  private void hand(List<SealedDelivery> deliveries) {
    for (SealedDelivery delivery : deliveries) {
      // What comes after the end is handed back with the rest by the poll.
      if (!open) {
        return;
      }
      sink.deliver(delivery);
    }
    if (open && ready && !sink.isReady()) {
      tell(false);
    }
  }

  private void tell(boolean nowReady) {
    ready = nowReady;
    OnLoop.run(poll.loop(), () -> poll.ready(subscriber, nowReady));
  }

  @Override
  public void resume() {
    OnLoop.run(
        loop,
        () -> {
          if (open && !ready && sink.isReady()) {
            tell(true);
          }
        });
  }

  /** The poll has let go of it; called on the poll's loop. */
  void end(GatewayException failure) {
    OnLoop.run(
        loop,
        () -> {
          if (open) {
            finish();
            sink.ended(failure);
          }
        });
  }

  /** Ends it from outside, telling the sink. */
  public void abort(GatewayException failure) {
    OnLoop.run(
        loop,
        () -> {
          if (open) {
            leave();
            sink.ended(failure);
          }
        });
  }

  @Override
  public boolean isOrphan() {
    return !owner.isOpen();
  }

  @Override
  public void release() {
    abort(GatewayException.unavailable("stream: its consumer is closed", null));
  }

  @Override
  public void close() {
    OnLoop.run(
        loop,
        () -> {
          if (open) {
            leave();
          }
        });
  }

  private void leave() {
    finish();
    OnLoop.run(poll.loop(), () -> poll.leave(subscriber));
  }

  private void finish() {
    open = false;
    tracked.close();
    instance.metrics().decrement(Counter.ACTIVE_STREAMS);
    owner.over(this);
  }
}
