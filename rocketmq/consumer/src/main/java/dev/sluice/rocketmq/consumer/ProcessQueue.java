package dev.sluice.rocketmq.consumer;

import dev.sluice.rocketmq.client.ReceivedMessage;
import dev.sluice.rocketmq.requests.MessageBody;
import java.util.List;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What was pulled of one queue and is not consumed, in the order of the queue, and with it how far
 * the group is: everything before the first that is left is consumed. Bounded by who pulls, with
 * {@link #awaitRoom}. Safe for all threads.
 */
final class ProcessQueue {
  private final Signal signal = new Signal();

  /** Removed when they are consumed, sent back, or the queue ends. */
  private final TreeMap<Long, ReceivedMessage> messages = new TreeMap<>();

  private long bytes;
  private long next;
  private int running;
  private State state = State.ACTIVE;
  private final CompletableFuture<@Nullable Void> quiet = new CompletableFuture<>();

  private enum State {
    /** Messages come and are consumed. */
    ACTIVE,
    /** What is being consumed ends and counts; nothing else begins. */
    ENDING,
    /** Nothing counts any more. */
    ENDED
  }

  /**
   * Takes what a pull brought.
   *
   * @param nextOffset where the next pull begins
   * @return how far the group is, where nothing is left to consume
   */
  OptionalLong put(List<ReceivedMessage> pulled, long nextOffset) {
    synchronized (this) {
      for (ReceivedMessage message : pulled) {
        messages.put(message.queueOffset(), message);
        bytes += size(message);
      }
      next = nextOffset;
      signal.changed();
      return messages.isEmpty() && state != State.ENDED
          ? OptionalLong.of(next)
          : OptionalLong.empty();
    }
  }

  /**
   * Messages are dealt with.
   *
   * @return how far the group is now; empty if none of them is here any more, or the queue has
   *     ended
   */
  OptionalLong remove(List<ReceivedMessage> dealtWith) {
    synchronized (this) {
      boolean any = false;
      for (ReceivedMessage message : dealtWith) {
        if (messages.remove(message.queueOffset(), message)) {
          bytes -= size(message);
          any = true;
        }
      }
      if (!any || state == State.ENDED) {
        return OptionalLong.empty();
      }
      signal.changed();
      return OptionalLong.of(messages.isEmpty() ? next : messages.firstKey());
    }
  }

  /** Has messages that were taken away be here again. */
  void putBack(List<ReceivedMessage> taken) {
    synchronized (this) {
      for (ReceivedMessage message : taken) {
        messages.put(message.queueOffset(), message);
        bytes += size(message);
      }
    }
  }

  /** Puts another form of a message in its place; false if it is not here any more. */
  boolean replace(ReceivedMessage message, ReceivedMessage other) {
    synchronized (this) {
      return messages.replace(message.queueOffset(), message, other);
    }
  }

  /** Forgets everything, as after the group was set to another position. */
  void clear() {
    synchronized (this) {
      messages.clear();
      bytes = 0;
      signal.changed();
    }
  }

  /** Waits until more may be pulled; false when the queue ends. */
  boolean awaitRoom(Supplier<FlowLimits> limits) throws InterruptedException {
    while (true) {
      CountDownLatch next = signal.next();
      FlowLimits now = limits.get();
      synchronized (this) {
        if (state != State.ACTIVE || hasRoom(now)) {
          return state == State.ACTIVE;
        }
      }
      // The limits of a topic change with its queues, of which nobody tells: look now and then.
      boolean unused = next.await(1, TimeUnit.SECONDS);
    }
  }

  private boolean hasRoom(FlowLimits limits) {
    return messages.isEmpty()
        || (messages.size() < limits.messages()
            && bytes < limits.bytes()
            && messages.lastKey() - messages.firstKey() < limits.span());
  }

  /** Waits for messages, and gives the first ones without taking them; none when it ends. */
  List<ReceivedMessage> awaitFirst(int most) throws InterruptedException {
    while (true) {
      CountDownLatch next = signal.next();
      synchronized (this) {
        if (state != State.ACTIVE) {
          return List.of();
        }
        if (!messages.isEmpty()) {
          return messages.values().stream().limit(most).toList();
        }
      }
      next.await();
    }
  }

  /** The first messages, without taking them or waiting for any. */
  List<ReceivedMessage> first(int most) {
    synchronized (this) {
      return messages.values().stream().limit(most).toList();
    }
  }

  /** Waits until the time is over or the queue ends; false when it ends. */
  boolean pause(long nanos) throws InterruptedException {
    long end = System.nanoTime() + nanos;
    while (true) {
      CountDownLatch next = signal.next();
      long left = end - System.nanoTime();
      if (!isActive()) {
        return false;
      }
      if (left <= 0) {
        return true;
      }
      boolean unused = next.await(left, TimeUnit.NANOSECONDS);
    }
  }

  /** Whether messages come and are consumed. */
  boolean isActive() {
    synchronized (this) {
      return state == State.ACTIVE;
    }
  }

  /** Whether results do not count any more. */
  boolean isEnded() {
    synchronized (this) {
      return state == State.ENDED;
    }
  }

  /**
   * Begins to consume messages, which {@link #finish} ends; false when nothing is to begin, or they
   * are not here any more.
   */
  boolean begin(List<ReceivedMessage> batch) {
    synchronized (this) {
      if (state != State.ACTIVE
          || messages.get(batch.getFirst().queueOffset()) != batch.getFirst()) {
        return false;
      }
      running++;
      return true;
    }
  }

  /** What was begun is over. */
  void finish() {
    boolean last;
    synchronized (this) {
      running--;
      last = running == 0 && state != State.ACTIVE;
    }
    if (last) {
      quiet.complete(null);
    }
  }

  /** Begins nothing more; done when what is being consumed has ended. */
  CompletableFuture<@Nullable Void> ending() {
    return to(State.ENDING);
  }

  /** Nothing counts from now on. */
  void end() {
    CompletableFuture<?> unused = to(State.ENDED);
  }

  private CompletableFuture<@Nullable Void> to(State wanted) {
    boolean idle;
    synchronized (this) {
      if (wanted.compareTo(state) > 0) {
        state = wanted;
      }
      idle = running == 0;
      signal.changed();
    }
    if (idle) {
      quiet.complete(null);
    }
    return quiet;
  }

  /** How many messages are here. */
  int size() {
    synchronized (this) {
      return messages.size();
    }
  }

  /** How many bytes the bodies of the messages here have. */
  long bytes() {
    synchronized (this) {
      return bytes;
    }
  }

  private static long size(ReceivedMessage message) {
    return switch (message.stored().body()) {
      case MessageBody.Decoded decoded -> decoded.bytes().remaining();
      case MessageBody.Undecoded bad -> bad.raw().remaining();
    };
  }
}
