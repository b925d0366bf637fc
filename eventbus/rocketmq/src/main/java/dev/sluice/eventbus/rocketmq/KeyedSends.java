package dev.sluice.eventbus.rocketmq;

import dev.sluice.eventbus.EventBusException;
import dev.sluice.eventbus.Published;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.TimeoutScheduler;
import dev.sluice.rocketmq.client.Message;
import dev.sluice.rocketmq.client.RocketMQException;
import dev.sluice.rocketmq.producer.Producer;
import dev.sluice.rocketmq.producer.QueueSelector;
import dev.sluice.rocketmq.producer.SendResult;
import dev.sluice.rocketmq.producer.SendStatus;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Sends messages of one key one after the other, to the queue that the key belongs to. A broker
 * serves one connection on several threads, so that of two sends that are under way at the same
 * time it may store the later one first: one flight at a time is what keeps order. Messages without
 * a key wait for none.
 *
 * <p>What certainly was not stored is tried again, in its place, until its deadline; what may have
 * been is not. A topic that is declared, or was there before, may be missing for a while, as name
 * servers that have just started do not know it. Bounded by the bus. Safe for all threads.
 */
final class KeyedSends {
  private static final QueueSelector BY_KEY = QueueSelector.hash();
  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

  private final Producer producer;
  private final TimeoutScheduler timer;
  private final Reachability reachability;

  /** By topic and key what waits, the one under way first; each goes when nothing is left. */
  private final Map<Lane, Deque<Send>> lanes = new HashMap<>();

  /** Topics that are declared, or that something was stored in; as many as the program has. */
  private final Set<String> known = ConcurrentHashMap.newKeySet();

  /** What is under way or pauses; each leaves when it ends. */
  private final Set<Send> running = new HashSet<>();

  private boolean closed;

  private record Lane(String topic, String key) {}

  private static final class Send {
    private final @Nullable Lane lane;
    private final Message message;
    private final Deadline deadline;
    private final CompletableFuture<Published> done = new CompletableFuture<>();
    private Duration pause = FIRST_PAUSE;
    // Why it is to be tried again; null before its first attempt.
    private volatile @Nullable EventBusException refusal;
    private volatile TimeoutScheduler.@Nullable Timeout timeout;

    Send(@Nullable Lane lane, Message message, Deadline deadline) {
      this.lane = lane;
      this.message = message;
      this.deadline = deadline;
    }
  }

  KeyedSends(
      Producer producer,
      Collection<String> declared,
      TimeoutScheduler timer,
      Reachability reachability) {
    this.producer = producer;
    this.known.addAll(declared);
    this.timer = timer;
    this.reachability = reachability;
  }

  CompletableFuture<Published> send(Message message, Deadline deadline) {
    Lane lane = message.shardingKey().map(key -> new Lane(message.topic(), key)).orElse(null);
    Send send = new Send(lane, message, deadline);
    boolean first = true;
    synchronized (lanes) {
      if (closed) {
        return CompletableFuture.failedFuture(Failures.closed());
      }
      if (lane != null) {
        Deque<Send> waiting = lanes.computeIfAbsent(lane, key -> new ArrayDeque<>(2));
        first = waiting.isEmpty();
        waiting.add(send);
      }
      if (first) {
        running.add(send);
      }
    }
    if (first) {
      attempt(send);
    }
    return send.done;
  }

  private void attempt(Send send) {
    // Not by recursion: all that waits for a key may be late.
    for (Send next = send; next != null; ) {
      next = next.deadline.isPast() ? ended(next, null, late(next)) : begun(next);
    }
  }

  /** Null if it is under way, else what is next. */
  private @Nullable Send begun(Send send) {
    CompletableFuture<SendResult> sent;
    try {
      sent =
          send.lane == null
              ? producer.sendAsync(send.message)
              : producer.sendAsync(send.message, BY_KEY);
    } catch (RocketMQException | IllegalStateException e) {
      return ended(send, null, Failures.of(e));
    }
    var unused = sent.whenComplete((result, failure) -> answered(send, result, failure));
    return null;
  }

  private void answered(Send send, @Nullable SendResult result, @Nullable Throwable failure) {
    if (result != null) {
      reachability.reached();
      known.add(send.message.topic());
      stored(send, result);
      return;
    }
    EventBusException reason = Failures.of(failure == null ? late() : failure);
    boolean again =
        switch (reason.category()) {
          case UNAVAILABLE, OVERLOADED, TIMEOUT -> true;
          case NOT_FOUND -> known.contains(send.message.topic());
          case INVALID_ARGUMENT, UNAUTHENTICATED, UNKNOWN_OUTCOME, INTERNAL -> false;
        };
    if (reason.category() == EventBusException.Category.UNAVAILABLE) {
      reachability.failed(reason);
    }
    if (!again || send.deadline.remaining().compareTo(send.pause) <= 0) {
      end(send, null, reason);
      return;
    }
    Duration pause = send.pause;
    Duration next = pause.multipliedBy(2);
    send.pause = next.compareTo(LONGEST_PAUSE) < 0 ? next : LONGEST_PAUSE;
    send.refusal = reason;
    send.timeout = timer.schedule(() -> attempt(send), pause);
    if (isClosed()) {
      cancel(send);
    }
  }

  private void stored(Send send, SendResult result) {
    if (result.status() == SendStatus.OK) {
      end(
          send,
          new Published(
              result.queue().topic(), Partitions.name(result.queue()), result.queueOffset()),
          null);
    } else {
      end(
          send,
          null,
          EventBusException.of(
              EventBusException.Category.UNKNOWN_OUTCOME,
              "stored, but not as safely as the broker is set to: " + result.status()));
    }
  }

  /** A timer may be late, and then there is no time for what it was to try again. */
  private static EventBusException late(Send send) {
    EventBusException refusal = send.refusal;
    return refusal == null ? late() : refusal;
  }

  private static EventBusException late() {
    return EventBusException.of(
        EventBusException.Category.TIMEOUT,
        "not sent: those of its key ahead took all of its time");
  }

  private void end(Send send, @Nullable Published published, @Nullable EventBusException failure) {
    Send next = ended(send, published, failure);
    if (next != null) {
      attempt(next);
    }
  }

  /** Ends it, and says which is the next of its key. */
  private @Nullable Send ended(
      Send send, @Nullable Published published, @Nullable EventBusException failure) {
    Send next = null;
    synchronized (lanes) {
      if (!running.remove(send)) {
        return null;
      }
      Lane lane = send.lane;
      Deque<Send> waiting = lane == null ? null : lanes.get(lane);
      if (waiting != null) {
        waiting.remove();
        next = waiting.peek();
        if (next == null) {
          lanes.remove(lane);
        } else {
          running.add(next);
        }
      }
    }
    if (published != null) {
      send.done.complete(published);
    } else {
      send.done.completeExceptionally(failure == null ? late() : failure);
    }
    return next;
  }

  private boolean isClosed() {
    synchronized (lanes) {
      return closed;
    }
  }

  private void cancel(Send send) {
    TimeoutScheduler.Timeout timeout = send.timeout;
    if (timeout != null && timeout.cancel()) {
      end(send, null, Failures.closed());
    }
  }

  /** Sends nothing more, and fails what waits; what is under way ends with its producer. */
  void close() {
    List<Send> waiting = new ArrayList<>();
    List<Send> active;
    synchronized (lanes) {
      closed = true;
      active = List.copyOf(running);
      for (Deque<Send> lane : lanes.values()) {
        lane.stream().filter(send -> !running.contains(send)).forEach(waiting::add);
      }
      lanes.clear();
    }
    active.forEach(this::cancel);
    waiting.forEach(send -> send.done.completeExceptionally(Failures.closed()));
  }
}
