package dev.sluice.gateway.deliveries;

import dev.sluice.gateway.spi.Delivery;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.gateway.upstreams.Instance;
import dev.sluice.gateway.upstreams.TopicMetrics.Count;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Hands out in turn and in any order. What no stream can take now is parked, and polling pauses.
 * What came too often goes to the dead letters.
 */
final class UnorderedDispatch implements Dispatch, Holder {

  private record Parked(Held held, Delivery delivery) {}

  private final Instance instance;
  private final GroupPolls.Key key;
  private final HoldLoop holds;
  private final DeadLetters deadLetters;
  private final Runnable changed;
  private final Rota streams = new Rota();
  // Bounded by what polls under way asked for, since parking stops polling.
  private final Deque<Parked> parked = new ArrayDeque<>();

  /**
   * Makes one without streams.
   *
   * @param changed called when more may be polled
   */
  UnorderedDispatch(
      Instance instance,
      GroupPolls.Key key,
      HoldLoop holds,
      DeadLetters deadLetters,
      Runnable changed) {
    this.instance = instance;
    this.key = key;
    this.holds = holds;
    this.deadLetters = deadLetters;
    this.changed = changed;
  }

  @Override
  public void join(Subscriber subscriber) {
    streams.add(subscriber);
  }

  @Override
  public void leave(Subscriber subscriber) {
    streams.remove(subscriber);
    for (Held held : List.copyOf(subscriber.held)) {
      holds.handBack(held);
    }
    for (Parked one : List.copyOf(parked)) {
      if (!streams.wants(one.delivery)) {
        holds.handBack(one.held);
      }
    }
  }

  @Override
  public boolean mayPoll() {
    return parked.isEmpty();
  }

  @Override
  public boolean isEmpty() {
    return parked.isEmpty();
  }

  @Override
  public boolean deliver(List<Delivery> received) {
    int maxAttempts = instance.settings().receive().maxAttempts();
    List<Delivery> deliveries = deadLetters.sift(key.shared(), key.group(), maxAttempts, received);
    if (deliveries.isEmpty()) {
      return true;
    }
    boolean allWanted = true;
    instance.metrics().add(Counter.MESSAGES_RECEIVED, deliveries.size());
    instance.metrics().topics().succeeded(key.topic(), Count.RECEIVED, deliveries.size());
    for (Delivery delivery : deliveries) {
      if (delivery.attempt() > 1) {
        instance.metrics().increment(Counter.REDELIVERIES);
      }
      Held held =
          holds.hold(
              this, key.shared(), key.group(), delivery, instance.settings().receive().maxHold());
      if (streams.wants(delivery)) {
        parked.add(new Parked(held, delivery));
      } else {
        holds.handBack(held);
        allWanted = false;
      }
    }
    handOut();
    return allWanted;
  }

  @Override
  public void handOut() {
    if (parked.isEmpty()) {
      return;
    }
    for (Iterator<Parked> all = parked.iterator(); all.hasNext(); ) {
      Parked one = all.next();
      Subscriber taker = streams.taker(one.delivery);
      if (taker != null) {
        all.remove();
        one.held.holder = taker;
        holds.beginHold(one.held, taker.maxHold);
        deadLetters.given(key.group(), one.delivery, instance.settings().receive().maxAttempts());
        taker.give(one.held, new SealedDelivery(one.delivery, holds.seal(one.held)));
      }
    }
    streams.flush();
  }

  @Override
  public void streamReleased(Held held) {}

  /** A parked delivery is no longer held. */
  @Override
  public void released(Held held) {
    if (parked.removeIf(one -> one.held.equals(held))) {
      changed.run();
    }
  }

  @Override
  public @Nullable Held keep(Held held, Duration delay) {
    return null;
  }
}
