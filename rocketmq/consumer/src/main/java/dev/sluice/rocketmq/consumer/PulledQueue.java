package dev.sluice.rocketmq.consumer;

import dev.sluice.rocketmq.client.FilterExpression;
import dev.sluice.rocketmq.client.MessageQueue;
import dev.sluice.rocketmq.client.ReceivedMessage;
import dev.sluice.rocketmq.group.OffsetStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A queue that is read ahead of the application, from one position on until it is given up or set
 * to another one. Safe for all threads.
 */
final class PulledQueue implements AssignedQueue {
  /** How many pulls may be under way where the position is set again and again. */
  private static final int MOST_PULLS = 4;

  private final MessageQueue queue;
  private final FilterExpression filter;
  private final @Nullable OffsetStore committed;
  private final Consumer<PulledQueue> arrived;
  private final ProcessQueue process = new ProcessQueue();
  private final Semaphore pulls;
  private final AtomicBoolean announced = new AtomicBoolean();
  private long position = -1;

  /** What was noted last; -1 where the same is to be noted again. */
  private long noted = -1;

  /**
   * What polls took that may not be dealt with yet; where the application commits, what it may not
   * have yet. As many as there are polls under way, and those since one settled.
   */
  private final List<Loan> loans = new ArrayList<>();

  private boolean ended;

  /** What one poll took, from this offset on. */
  private record Loan(Poll poll, long from) {
    boolean isGiven() {
      return poll.isGiven();
    }
  }

  private PulledQueue(
      MessageQueue queue,
      FilterExpression filter,
      @Nullable OffsetStore committed,
      Consumer<PulledQueue> arrived,
      Semaphore pulls) {
    this.queue = queue;
    this.filter = filter;
    this.committed = committed;
    this.arrived = arrived;
    this.pulls = pulls;
  }

  /**
   * A queue of which nothing is read yet.
   *
   * @param committed where it is noted what may be committed; null where the application commits
   * @param arrived told when messages come
   */
  PulledQueue(
      MessageQueue queue,
      FilterExpression filter,
      @Nullable OffsetStore committed,
      Consumer<PulledQueue> arrived) {
    this(queue, filter, committed, arrived, new Semaphore(MOST_PULLS));
  }

  /** The same queue, to be read from elsewhere. */
  PulledQueue anew() {
    return new PulledQueue(queue, filter, committed, arrived, pulls);
  }

  @Override
  public MessageQueue queue() {
    return queue;
  }

  @Override
  public ProcessQueue process() {
    return process;
  }

  FilterExpression filter() {
    return filter;
  }

  /** Whoever reads the queue holds one while it does. */
  Semaphore pulls() {
    return pulls;
  }

  /** True for the first call since {@link #unannounced}. */
  boolean announce() {
    return announced.compareAndSet(false, true);
  }

  void unannounced() {
    announced.set(false);
  }

  @Override
  public void start() {
    // The application asks for messages.
  }

  @Override
  public void deliver(List<ReceivedMessage> messages) {
    if (!messages.isEmpty()) {
      arrived.accept(this);
    }
  }

  /** Takes the first messages, which count as dealt with when {@link #settle} is called. */
  List<ReceivedMessage> take(int most, Poll poll) {
    synchronized (this) {
      List<ReceivedMessage> first = ended ? List.of() : process.first(most);
      if (!first.isEmpty()) {
        if (committed == null) {
          loans.removeIf(Loan::isGiven);
        }
        loans.add(new Loan(poll, first.getFirst().queueOffset()));
        process.remove(first).ifPresent(this::forward);
      }
      return first;
    }
  }

  /** Has another poll give what this one took and nobody got. */
  void takeBack(Poll poll, List<ReceivedMessage> messages) {
    synchronized (this) {
      loans.removeIf(each -> each.poll() == poll);
      if (ended) {
        return;
      }
      process.putBack(messages);
      position = Math.min(position, messages.getFirst().queueOffset());
    }
    arrived.accept(this);
  }

  private void forward(long offset) {
    position = Math.max(position, offset);
  }

  /** What polls have given is dealt with; false where one has not given it yet. */
  boolean settle() {
    synchronized (this) {
      loans.removeIf(Loan::isGiven);
      note();
      return loans.isEmpty();
    }
  }

  private void note() {
    if (committed != null && loans.isEmpty() && !ended && position >= 0 && position != noted) {
      noted = position;
      committed.reset(queue, position);
    }
  }

  @Override
  public void pulled(List<ReceivedMessage> messages, long next) {
    process.put(messages, next).ifPresent(this::advanced);
  }

  private void advanced(long offset) {
    synchronized (this) {
      forward(offset);
      note();
    }
  }

  @Override
  public void moved(long offset) {
    synchronized (this) {
      process.clear();
      position = offset;
      noted = -1;
      note();
    }
  }

  /**
   * The offset of the first message that the application does not have, or of what comes next; -1
   * while unknown.
   */
  long position() {
    synchronized (this) {
      long first = position;
      for (Loan each : loans) {
        if (!each.isGiven()) {
          first = Math.min(first, each.from());
        }
      }
      return first;
    }
  }

  /** Nothing is read any more, and nothing counts. */
  void end() {
    synchronized (this) {
      ended = true;
    }
    process.end();
  }
}
