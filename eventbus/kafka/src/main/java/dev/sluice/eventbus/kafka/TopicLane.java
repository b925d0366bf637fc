package dev.sluice.eventbus.kafka;

import dev.sluice.eventbus.EventBusException;
import dev.sluice.eventbus.EventBusException.Category;
import dev.sluice.lifecycle.TimeoutScheduler;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.BufferExhaustedException;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/**
 * The messages to one topic, in the order in which they are published. Each is handed to Kafka's
 * producer by whoever publishes it; while the producer does not know the topic, or there is none
 * yet, they wait here, and a timer tries again. No thread waits, and none holds a lock.
 */
final class TopicLane {
  /** Messages that one caller hands over for others at most; more are left to a thread. */
  private static final int TURN = 64;

  private static final long FIRST_WAIT_MILLIS = 5;
  private static final long LONGEST_WAIT_MILLIS = 200;

  /** For how long brokers may not know a topic that was just made. */
  private static final Duration UNKNOWN_PATIENCE = Duration.ofSeconds(3);

  private final String topic;
  private final Publisher publisher;
  private final TimeoutScheduler scheduler;
  private final Queue<PendingPublish> waiting = new ConcurrentLinkedQueue<>();

  /** How often something is to be looked at; whoever raises it from zero looks. */
  private final AtomicInteger calls = new AtomicInteger();

  private final CompletableFuture<Void> emptied = new CompletableFuture<>();
  private volatile boolean paused;

  // Of whoever looks.
  private long waitMillis = FIRST_WAIT_MILLIS;
  private long unknownSince;
  private String obstacle = "not connected yet";

  TopicLane(String topic, Publisher publisher, TimeoutScheduler scheduler) {
    this.topic = topic;
    this.publisher = publisher;
    this.scheduler = scheduler;
  }

  void add(PendingPublish message) {
    waiting.add(message);
    look();
  }

  /** After the publisher's end: completes when nothing waits any more. */
  CompletableFuture<Void> close() {
    look();
    return emptied;
  }

  /** Goes through what waits once more. */
  void look() {
    if (calls.getAndIncrement() == 0) {
      run(1);
    }
  }

  private void run(int seen) {
    int calling = seen;
    do {
      if (!handOverTurn()) {
        int left = calling;
        Thread.ofVirtual().name("eventbus-kafka-publish").start(() -> run(left));
        return;
      }
      calling = calls.addAndGet(-calling);
    } while (calling != 0);
  }

  /** False if there is more to do than for one turn. */
  private boolean handOverTurn() {
    if (publisher.isClosed()) {
      failAll();
      emptied.complete(null);
      return true;
    }
    if (paused) {
      return true;
    }
    for (int turn = 0; turn < TURN; turn++) {
      PendingPublish next = waiting.peek();
      if (next == null) {
        unknownSince = 0;
        return true;
      }
      if (!next.isOver() && !settle(next)) {
        pause();
        return true;
      }
      waiting.poll();
    }
    return false;
  }

  /** True if it is not to be tried again. */
  private boolean settle(PendingPublish next) {
    if (next.isLate()) {
      next.failLate(obstacle);
      return true;
    }
    Producer<byte[], byte[]> producer = publisher.producer();
    if (producer == null) {
      obstacle = publisher.obstacle();
      return false;
    }
    Throwable refusal = next.handOver(producer);
    if (refusal == null) {
      waitMillis = FIRST_WAIT_MILLIS;
      unknownSince = 0;
      return true;
    }
    if (isOfTheMoment(refusal)) {
      obstacle = Failures.describe(refusal);
      return refusal.getCause() instanceof UnknownTopicOrPartitionException && isUnknown(next);
    }
    next.fail(Failures.unsent(topic, refusal));
    return true;
  }

  private static boolean isOfTheMoment(Throwable refusal) {
    return (refusal instanceof TimeoutException && !(refusal instanceof BufferExhaustedException))
        || refusal instanceof InterruptException;
  }

  /** The brokers say that there is no such topic: true once it is believed. */
  private boolean isUnknown(PendingPublish next) {
    long now = System.nanoTime();
    if (unknownSince == 0) {
      unknownSince = now;
    }
    @Nullable EventBusException failure = publisher.makeTopic(topic);
    if (failure == null && now - unknownSince < UNKNOWN_PATIENCE.toNanos()) {
      return false;
    }
    next.fail(failure == null ? Failures.noTopic(topic) : failure);
    return true;
  }

  private void pause() {
    paused = true;
    scheduler.schedule(this::resume, Duration.ofMillis(waitMillis));
    waitMillis = Math.min(LONGEST_WAIT_MILLIS, waitMillis * 2);
  }

  private void resume() {
    paused = false;
    look();
  }

  private void failAll() {
    for (PendingPublish each = waiting.poll(); each != null; each = waiting.poll()) {
      each.fail(
          EventBusException.of(
              Category.UNAVAILABLE, "topic " + topic + ": closed before it was sent"));
    }
  }
}
