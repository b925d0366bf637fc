package dev.sluice.gateway.access;

import dev.sluice.lifecycle.Clock;
import java.util.concurrent.atomic.AtomicLong;

/**
 * So many per second on average, and a burst of so many at once: the generic cell rate algorithm,
 * whose whole state is one time. Safe for use by any thread; never blocks.
 */
final class RateLimit {
  private static final double NANOS = 1e9;

  /**
   * The bounds.
   *
   * @param perSecond at least 1
   * @param burst how many may come at once after a pause, at least 1
   */
  record Rate(int perSecond, int burst) {
    private long nanosFor(long amount) {
      return (long) (amount * (NANOS / perSecond));
    }
  }

  private final Clock clock;
  private final long origin;
  // When all that was taken so far has been earned, in nanoseconds since the origin.
  private final AtomicLong earnedAt = new AtomicLong();
  private volatile Rate rate;

  RateLimit(Rate rate, Clock clock) {
    this.rate = rate;
    this.clock = clock;
    this.origin = clock.nanoTime();
  }

  Rate rate() {
    return rate;
  }

  /** Other bounds from now on; what was taken stays taken. */
  void change(Rate next) {
    rate = next;
  }

  /**
   * Takes so many, or nothing.
   *
   * @return 0 where they are taken, else after how many nanoseconds they may be, unless others are
   *     faster; {@link Long#MAX_VALUE} where they are more than a burst
   */
  long take(int amount) {
    Rate now = rate;
    if (amount > now.burst) {
      return Long.MAX_VALUE;
    }
    long time = clock.nanoTime() - origin;
    long mostAhead = now.nanosFor(now.burst);
    while (true) {
      long before = earnedAt.get();
      long after = Math.max(before, time) + now.nanosFor(amount);
      long tooEarly = after - time - mostAhead;
      if (tooEarly > 0) {
        return tooEarly;
      }
      if (earnedAt.compareAndSet(before, after)) {
        return 0;
      }
    }
  }
}
