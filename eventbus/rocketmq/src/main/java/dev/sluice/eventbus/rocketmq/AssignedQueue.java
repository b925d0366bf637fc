package dev.sluice.eventbus.rocketmq;

import dev.sluice.eventbus.transport.Intake;
import dev.sluice.eventbus.transport.PartitionStatus;
import dev.sluice.rocketmq.client.MessageQueue;
import dev.sluice.rocketmq.client.RocketMQException;
import dev.sluice.rocketmq.group.Membership;
import dev.sluice.rocketmq.group.StartFrom;
import dev.sluice.rocketmq.remoting.TopicQueue;
import dev.sluice.rocketmq.runtime.Calls;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;

/** A queue that is this member's alone: held, or read into a flow. Safe for all threads. */
final class AssignedQueue {
  /** Half of what brokers keep a lock for, so that a clock that is off a little does no harm. */
  private static final long LOCK_NANOS = 30_000_000_000L;

  private final Membership membership;
  private final FeedTerms terms;
  private final MessageQueue queue;
  private final long term;
  private final AtomicReference<State> state = new AtomicReference<>(new State.Held());
  private volatile long lockedAt;
  private volatile long end = -1;

  private sealed interface State {
    /** Nothing is read. */
    record Held() implements State {}

    /** A flow is being opened. */
    record Opening() implements State {}

    /** Read, or read no more, into a flow. */
    record Feeding(QueueFeed feed) implements State {}

    /** Another member has it, or is to have it. */
    record Gone() implements State {}
  }

  /** One that has just been locked; held. */
  AssignedQueue(FeedTerms terms, MessageQueue queue) {
    this.membership = terms.membership();
    this.terms = terms;
    this.queue = queue;
    this.term = membership.offsets().term(queue);
    this.lockedAt = System.nanoTime();
  }

  MessageQueue queue() {
    return queue;
  }

  /** The lock was renewed by a request made at this time. */
  void renewed(long atNanos) {
    lockedAt = atNanos;
  }

  /** As if the lock had not been renewed for as long as brokers keep it. */
  void distrust() {
    lockedAt = System.nanoTime() - 2 * LOCK_NANOS;
  }

  /** Whether the lock may be relied on. */
  boolean isLocked() {
    return System.nanoTime() - lockedAt < LOCK_NANOS;
  }

  /** Where the queue ends, as a broker said. */
  void sawEnd(long offset) {
    end = offset;
  }

  /** Where to begin: where the group is, or with the oldest message. */
  long start() throws InterruptedException {
    return membership.start(StartFrom.first()).find(queue);
  }

  /** Begins to read it for this intake, unless it is being read, or is gone. */
  void feed(Intake intake) {
    State held = state.get();
    State opening = new State.Opening();
    if (!(held instanceof State.Held) || !state.compareAndSet(held, opening)) {
      return;
    }
    QueueFeed feed = QueueFeed.open(terms, this, intake);
    if (!state.compareAndSet(opening, new State.Feeding(feed)) || !membership.tasks().start(feed)) {
      feed.revoke();
    }
  }

  /** Reads no more; what was read goes on. */
  void quiesce() {
    if (state.get() instanceof State.Feeding feeding) {
      feeding.feed().stop();
    }
  }

  /** Ends its flow, notes how far that came, and holds it. */
  void hold() {
    replace(new State.Held());
  }

  /** Ends its flow, and notes how far that came. */
  void giveUp() {
    replace(new State.Gone());
  }

  private void replace(State next) {
    State before = state.getAndUpdate(now -> now instanceof State.Gone ? now : next);
    if (before instanceof State.Feeding feeding) {
      note(feeding.feed().revoke());
    }
  }

  /** Notes how far its flow is, for the next commit. */
  void note() {
    if (state.get() instanceof State.Feeding feeding) {
      note(feeding.feed().frontier());
    }
  }

  /** Not without the lock: another member may be farther, or the group elsewhere. */
  private void note(long frontier) {
    if (frontier >= 0 && isLocked()) {
      membership.offsets().advance(queue, frontier, term);
    }
  }

  /** Asks a broker where a queue ends that is not read; what fails is left for the next time. */
  void lookAtEnd() throws InterruptedException {
    if (!(state.get() instanceof State.Held)) {
      return;
    }
    try {
      TopicQueue where = membership.directory().find(queue);
      sawEnd(Calls.<Long>await(reply -> membership.remoting().offsets().max(where, reply)));
      terms.reachability().reached();
    } catch (RocketMQException e) {
      terms.reachability().failed(e);
    }
  }

  PartitionStatus status(String topic) {
    OptionalLong committed = membership.offsets().noted(queue);
    long at =
        state.get() instanceof State.Feeding feeding && feeding.feed().frontier() >= 0
            ? feeding.feed().frontier()
            : committed.orElse(-1);
    OptionalLong lag =
        at < 0 || end < 0 ? OptionalLong.empty() : OptionalLong.of(Math.max(0, end - at));
    return new PartitionStatus(
        topic, Partitions.name(queue), !(state.get() instanceof State.Feeding), committed, lag);
  }
}
