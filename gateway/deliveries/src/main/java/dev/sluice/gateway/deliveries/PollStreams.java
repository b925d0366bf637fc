package dev.sluice.gateway.deliveries;

import dev.sluice.gateway.spi.Delivery;
import dev.sluice.gateway.spi.Loop;
import dev.sluice.gateway.upstreams.Instance;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The streams of one poll, and what they get: those that arrive, those that are open, and those
 * that have left something behind. Belongs to the poll's loop.
 */
final class PollStreams {

  private final Instance instance;
  private final GroupPolls.Key key;
  private final Loop loop;
  private final HoldLoop holds;
  private final DeadLetters deadLetters;
  private final Runnable changed;
  private final List<Subscriber> subscribers = new ArrayList<>();

  /** Of the subscribers, those that are not open yet. */
  private final List<Subscriber> arriving = new ArrayList<>();

  /** Those that have ended and may still hold something, until {@link #letGo}. */
  private final List<Subscriber> departed = new ArrayList<>();

  private boolean ordered;
  private Dispatch dispatch;

  /**
   * Makes none.
   *
   * @param changed called when more may be polled or handed out
   */
  PollStreams(
      Instance instance,
      GroupPolls.Key key,
      Loop loop,
      HoldLoop holds,
      DeadLetters deadLetters,
      Runnable changed) {
    this.instance = instance;
    this.key = key;
    this.loop = loop;
    this.holds = holds;
    this.deadLetters = deadLetters;
    this.changed = changed;
    this.dispatch = dispatch(false);
  }

  private Dispatch dispatch(boolean inOrder) {
    return inOrder
        ? new OrderedDispatch(instance, key, loop, holds, deadLetters, changed)
        : new UnorderedDispatch(instance, key, holds, deadLetters, changed);
  }

  /** Takes one in that is not open yet. */
  void add(Subscriber subscriber) {
    if (subscriber.ordered != ordered) {
      // It is the only one.
      letGo();
      ordered = subscriber.ordered;
      dispatch = dispatch(ordered);
    }
    subscriber.joined = true;
    subscribers.add(subscriber);
    arriving.add(subscriber);
  }

  /** Opens those that arrived: what they want is asked for, and not passed over any more. */
  void open() {
    if (arriving.isEmpty()) {
      return;
    }
    for (Subscriber subscriber : arriving) {
      dispatch.join(subscriber);
      subscriber.flow.opened();
    }
    arriving.clear();
    letGo();
  }

  /**
   * Takes one out.
   *
   * @param receiving whether receives are under way
   */
  void remove(Subscriber subscriber, boolean receiving) {
    subscriber.joined = false;
    subscribers.remove(subscriber);
    if (!arriving.remove(subscriber)) {
      departed.add(subscriber);
    }
    if (!ordered || subscribers.size() > arriving.size() || !receiving) {
      letGo();
    }
  }

  /**
   * Lets others have what departed streams hold. An ordered queue is handed out again as soon as
   * nothing of it is held: a receive of ours that waits would be the one to get it.
   */
  void letGo() {
    departed.forEach(dispatch::leave);
    departed.clear();
  }

  /** All of them, open or not. */
  List<Subscriber> all() {
    return subscribers;
  }

  boolean isEmpty() {
    return subscribers.isEmpty();
  }

  /** Whether they want their messages one after the other. */
  boolean areOrdered() {
    return ordered;
  }

  /** How many more messages they take now. */
  long credit() {
    long credit = 0;
    for (Subscriber subscriber : subscribers) {
      credit += subscriber.credit();
    }
    return credit;
  }

  /** Whether something is held here or by one of them. */
  boolean areHolding() {
    return !dispatch.isEmpty()
        || subscribers.stream().anyMatch(subscriber -> !subscriber.held.isEmpty());
  }

  /** Whether what waits for them leaves room for more. */
  boolean mayPoll() {
    return dispatch.mayPoll();
  }

  /** Hands out what came; false where none wants some of it, which is handed back. */
  boolean deliver(List<Delivery> deliveries) {
    return dispatch.deliver(deliveries);
  }

  /** Hands out what waits. */
  void handOut() {
    dispatch.handOut();
  }

  /** What a stream held is not held any more. */
  void released(Held held) {
    dispatch.streamReleased(held);
  }

  /** As {@link Holder#keep}, of what a stream holds. */
  @Nullable Held keep(Held held, Duration delay) {
    return dispatch.keep(held, delay);
  }
}
