package dev.sluice.gateway.server;

import java.util.concurrent.atomic.LongAdder;

/** Counts durations in buckets. For any thread, without locks and without contention. */
final class LatencyHistogram {
  private static final long MICROS = 1_000;

  /** Upper bounds of the buckets, in microseconds; one more bucket takes what is longer. */
  private static final long[] BOUNDS = {
    100,
    250,
    500,
    1_000,
    2_000,
    5_000,
    10_000,
    15_000,
    25_000,
    50_000,
    100_000,
    250_000,
    500_000,
    1_000_000,
    2_500_000,
    5_000_000,
    10_000_000,
    30_000_000
  };

  private final LongAdder[] buckets = new LongAdder[BOUNDS.length + 1];
  private final LongAdder nanos = new LongAdder();

  LatencyHistogram() {
    for (int i = 0; i < buckets.length; i++) {
      buckets[i] = new LongAdder();
    }
  }

  void record(long took) {
    int bucket = 0;
    while (bucket < BOUNDS.length && took > BOUNDS[bucket] * MICROS) {
      bucket++;
    }
    buckets[bucket].increment();
    nanos.add(took);
  }

  /** How many were recorded. */
  long count() {
    long count = 0;
    for (LongAdder bucket : buckets) {
      count += bucket.sum();
    }
    return count;
  }

  /** Their sum, in nanoseconds. */
  long nanos() {
    return nanos.sum();
  }

  /** The upper bounds in seconds, the last one infinite. */
  static double[] bounds() {
    double[] seconds = new double[BOUNDS.length + 1];
    for (int i = 0; i < BOUNDS.length; i++) {
      seconds[i] = BOUNDS[i] / 1e6;
    }
    seconds[BOUNDS.length] = Double.POSITIVE_INFINITY;
    return seconds;
  }

  /** How many were recorded in each bucket, not in those below it too. */
  long[] counts() {
    long[] counts = new long[buckets.length];
    for (int i = 0; i < counts.length; i++) {
      counts[i] = buckets[i].sum();
    }
    return counts;
  }
}
