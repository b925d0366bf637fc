package dev.sluice.eventbus;

import java.time.Duration;
import java.util.Objects;

/**
 * How long to wait before an attempt: {@code first} before the second, then each time {@code
 * factor} times as long, {@code longest} at most.
 *
 * @param first not negative
 * @param factor at least 1
 * @param longest not below {@code first}, at most a day
 */
public record Backoff(Duration first, double factor, Duration longest) {

  private static final Duration DAY = Duration.ofDays(1);

  /** Checks the bounds. */
  public Backoff {
    Objects.requireNonNull(first, "first");
    Objects.requireNonNull(longest, "longest");
    if (first.isNegative()) {
      throw EventBusException.invalid("first", first, ">= 0");
    }
    if (!(factor >= 1 && factor <= 100)) {
      throw EventBusException.invalid("factor", factor, "1 to 100");
    }
    if (longest.compareTo(first) < 0 || longest.compareTo(DAY) > 0) {
      throw EventBusException.invalid("longest", longest, first + " to " + DAY);
    }
  }

  /** 100 ms, doubled each time, 30 s at most. */
  public static Backoff standard() {
    return new Backoff(Duration.ofMillis(100), 2, Duration.ofSeconds(30));
  }

  /** The same wait before each attempt. */
  public static Backoff fixed(Duration wait) {
    return new Backoff(wait, 1, wait);
  }

  /**
   * The wait before the attempt that follows {@code failed} failed ones.
   *
   * @param failed at least 1
   */
  public Duration after(int failed) {
    double millis = first.toMillis() * Math.pow(factor, Math.max(0, failed - 1));
    return millis >= longest.toMillis() ? longest : Duration.ofMillis((long) millis);
  }
}
