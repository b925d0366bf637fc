package dev.sluice.rocketmq.remoting;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How long to leave an address alone after failures in a row: doubles from the minimum to the
 * maximum, with a fifth of chance either way so that many do not come back at once. Belongs to one
 * event loop.
 */
final class Backoff {
  private final long minNanos;
  private final long maxNanos;
  private int failures;

  Backoff(Duration min, Duration max) {
    this.minNanos = min.toNanos();
    this.maxNanos = max.toNanos();
  }

  /** Counts a failure and gives the pause after it, in nanoseconds. */
  long failed() {
    long base = failures >= 32 ? maxNanos : Math.min(maxNanos, minNanos << failures);
    if (base <= 0) {
      base = maxNanos;
    }
    failures++;
    return (long) (base * ThreadLocalRandom.current().nextDouble(0.8, 1.2));
  }

  void succeeded() {
    failures = 0;
  }
}
