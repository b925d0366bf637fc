package dev.sluice.benchmarks.busload;

import dev.sluice.eventbus.Envelope;
import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Envelopes of many aggregates in a number of topics: makes them, and watches that each is handled
 * and that those of an aggregate neither overlap nor overtake each other. For any thread.
 */
final class EnvelopeWatch {

  private static final int AGGREGATES_OF_A_TOPIC = 20;
  private static final int LEAST_PAYLOAD = Long.BYTES + Integer.BYTES;
  private static final long LONGEST_NANOS = TimeUnit.MINUTES.toNanos(10);

  private final String name;
  private final int topics;
  private final int count;
  private final int payloadBytes;
  private final AtomicIntegerArray seen;
  private final AtomicIntegerArray running;
  private final AtomicIntegerArray last;
  private final AtomicInteger violations = new AtomicInteger();
  private final AtomicInteger repeated = new AtomicInteger();
  private final AtomicInteger missing;
  private final Histogram latencies = new ConcurrentHistogram(LONGEST_NANOS, 3);
  private final CountDownLatch done = new CountDownLatch(1);
  private volatile long ended;

  /**
   * None of it is published yet.
   *
   * @param name that its aggregates begin with
   */
  EnvelopeWatch(String name, int topics, int count, int payloadBytes) {
    this.name = name;
    this.topics = topics;
    this.count = count;
    this.payloadBytes = Math.max(LEAST_PAYLOAD, payloadBytes);
    this.seen = new AtomicIntegerArray(count);
    this.running = new AtomicIntegerArray(topics * AGGREGATES_OF_A_TOPIC);
    this.last = new AtomicIntegerArray(topics * AGGREGATES_OF_A_TOPIC);
    this.missing = new AtomicInteger(count);
    for (int i = 0; i < last.length(); i++) {
      last.set(i, -1);
    }
  }

  int count() {
    return count;
  }

  /** Topics take turns. */
  int topic(int index) {
    return index % topics;
  }

  private int aggregate(int index) {
    return index % (topics * AGGREGATES_OF_A_TOPIC);
  }

  /** To be published now. */
  Envelope envelope(int index) {
    byte[] payload = new byte[payloadBytes];
    ByteBuffer.wrap(payload).putLong(System.nanoTime()).putInt(index);
    return Envelope.of(
        name + ":" + aggregate(index),
        "benchmark.happened",
        1 + index / (topics * AGGREGATES_OF_A_TOPIC),
        payload);
  }

  /** Handles one of its own. */
  @SuppressWarnings("ThreadPriorityCheck") // An order that is not kept shows more often so.
  void handle(Envelope envelope) {
    ByteBuffer payload = ByteBuffer.wrap(envelope.payload());
    long nanos = System.nanoTime() - payload.getLong();
    int index = payload.getInt();
    int aggregate = aggregate(index);
    if (running.incrementAndGet(aggregate) > 1
        || last.getAndAccumulate(aggregate, index, Math::max) >= index) {
      violations.incrementAndGet();
    }
    if (index % 2 == 0) {
      Thread.yield();
    }
    running.decrementAndGet(aggregate);
    if (seen.incrementAndGet(index) > 1) {
      repeated.incrementAndGet();
      return;
    }
    latencies.recordValue(Math.clamp(nanos, 0, LONGEST_NANOS));
    if (missing.decrementAndGet() == 0) {
      ended = System.nanoTime();
      done.countDown();
    }
  }

  /** Waits until all were handled; false if it takes too long. */
  boolean await(long seconds) throws InterruptedException {
    return done.await(seconds, TimeUnit.SECONDS);
  }

  /** When the last one was handled, as {@link System#nanoTime}. */
  long ended() {
    return ended;
  }

  double latencyMillis(double percentile) {
    return latencies.getValueAtPercentile(percentile) / 1e6;
  }

  int violations() {
    return violations.get();
  }

  int repeated() {
    return repeated.get();
  }

  int missing() {
    return missing.get();
  }
}
