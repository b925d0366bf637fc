package dev.sluice.gateway.deliveries;

import dev.sluice.gateway.spi.Delivery;
import dev.sluice.gateway.spi.QueueId;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.gateway.upstreams.Instance;
import dev.sluice.gateway.upstreams.TopicMetrics.Count;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Hands what a poll received to its streams in turn: to those that asked for it, have credit and
 * are ready. What none can take now is parked and renewed, in its order, and polling pauses; what
 * none has asked for is handed back. What came too often goes to the dead letters. Nothing is
 * dropped.
 *
 * <p>In an ordered subscription all that is held of one queue is with one stream.
 */
final class Dispatch implements Holder {

  private record Parked(Held held, Delivery delivery) {}

  /** Which stream has a queue, and how many deliveries of it. */
  private static final class Affinity {
    private final Subscriber subscriber;
    private int count;

    Affinity(Subscriber subscriber) {
      this.subscriber = subscriber;
    }
  }

  private final Instance instance;
  private final GroupPolls.Key key;
  private final HoldLoop holds;
  private final DeadLetters deadLetters;
  private final Runnable changed;
  private final List<Subscriber> subscribers = new ArrayList<>();
  // Bounded by what polls under way asked for, since parking stops polling.
  private final Deque<Parked> parked = new ArrayDeque<>();
  // Bounded by what is held: an entry ends with the last delivery of its queue.
  private final Map<QueueId, Affinity> affinities = new HashMap<>();
  private int turn;

  Dispatch(
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

  void join(Subscriber subscriber) {
    subscribers.add(subscriber);
  }

  /** Hands back what the stream held, and what nobody else has asked for. */
  void leave(Subscriber subscriber) {
    subscribers.remove(subscriber);
    affinities.values().removeIf(affinity -> affinity.subscriber.equals(subscriber));
    for (Held held : List.copyOf(subscriber.held)) {
      holds.handBack(held);
    }
    for (Parked one : List.copyOf(parked)) {
      if (subscribers.stream().noneMatch(other -> other.matches(one.delivery))) {
        holds.handBack(one.held);
      }
    }
  }

  boolean mayPoll() {
    return parked.isEmpty();
  }

  /** Hands out what came; false where nobody here wants some of it, which is handed back. */
  boolean deliver(List<Delivery> received) {
    List<Delivery> deliveries = deadLetters.sift(key.shared(), key.group(), received);
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
      if (subscribers.stream().noneMatch(subscriber -> subscriber.matches(delivery))) {
        holds.handBack(held);
        allWanted = false;
      } else {
        parked.add(new Parked(held, delivery));
      }
    }
    handOut();
    flush();
    return allWanted;
  }

  /** Tries again to hand out what is parked. */
  void park() {
    if (!parked.isEmpty()) {
      handOut();
      flush();
    }
  }

  private void handOut() {
    Set<QueueId> stuck = Set.of();
    for (Iterator<Parked> all = parked.iterator(); all.hasNext(); ) {
      Parked one = all.next();
      Subscriber taker = stuck.contains(one.held.queue) ? null : taker(one);
      if (taker != null) {
        all.remove();
        give(taker, one);
      } else if (isOrdered()) {
        // What follows it in its queue stays behind it.
        if (stuck.isEmpty()) {
          stuck = new HashSet<>();
        }
        stuck.add(one.held.queue);
      }
    }
  }

  private boolean isOrdered() {
    return !subscribers.isEmpty() && subscribers.getFirst().ordered;
  }

  private @Nullable Subscriber taker(Parked one) {
    Affinity affinity = isOrdered() ? affinities.get(one.held.queue) : null;
    if (affinity != null && affinity.subscriber.matches(one.delivery)) {
      return affinity.subscriber.credit() > 0 ? affinity.subscriber : null;
    }
    for (int i = 0; i < subscribers.size(); i++) {
      Subscriber candidate = subscribers.get((turn + i) % subscribers.size());
      if (candidate.credit() > 0 && candidate.matches(one.delivery)) {
        turn = (turn + i + 1) % subscribers.size();
        return candidate;
      }
    }
    return null;
  }

  private void give(Subscriber taker, Parked one) {
    if (isOrdered()) {
      affinities.computeIfAbsent(one.held.queue, queue -> new Affinity(taker)).count++;
    }
    one.held.holder = taker;
    holds.beginHold(one.held, taker.maxHold);
    taker.give(one.held, new SealedDelivery(one.delivery, holds.seal(one.held)));
  }

  private void flush() {
    for (Subscriber subscriber : List.copyOf(subscribers)) {
      List<SealedDelivery> outgoing = subscriber.takeOutgoing();
      if (!outgoing.isEmpty()) {
        subscriber.flow.deliver(outgoing);
      }
    }
  }

  /** A stream's delivery is no longer held. */
  void released(Subscriber subscriber, Held held) {
    Affinity affinity = affinities.get(held.queue);
    if (affinity != null && affinity.subscriber.equals(subscriber) && --affinity.count == 0) {
      affinities.remove(held.queue);
    }
  }

  /** A parked delivery is no longer held. */
  @Override
  public void released(Held held) {
    if (parked.removeIf(one -> one.held.equals(held))) {
      changed.run();
    }
  }
}
