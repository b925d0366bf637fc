package dev.sluice.lifecycle;

import java.time.Duration;
import java.util.Objects;

/**
 * A point on a {@link Clock} by which something must have ended. Immutable; passes unchanged
 * through every call that shares the time, so that time spent in one step is not available to the
 * next.
 */
public final class Deadline {

  /** Half the range of a long, so that differences of two deadlines never overflow. */
  private static final long LONGEST_NANOS = Long.MAX_VALUE / 2;

  private final Clock clock;
  private final long atNanos;

  private Deadline(Clock clock, long atNanos) {
    this.clock = clock;
    this.atNanos = atNanos;
  }

  /**
   * The point {@code time} from now on {@code clock}. More than 146 years count as 146 years.
   *
   * @throws IllegalArgumentException if {@code time} is negative
   */
  public static Deadline after(Duration time, Clock clock) {
    Objects.requireNonNull(clock, "clock");
    return new Deadline(clock, clock.nanoTime() + nanos("time", time));
  }

  /** {@link #after(Duration, Clock)} on the machine's clock. */
  public static Deadline after(Duration time) {
    return after(time, Clock.system());
  }

  /** The time left; zero once the deadline is past, never negative. */
  public Duration remaining() {
    return Duration.ofNanos(remainingNanos());
  }

  /** The nanoseconds left; zero once the deadline is past, never negative. */
  public long remainingNanos() {
    return Math.max(0, atNanos - clock.nanoTime());
  }

  /** Whether no time is left. */
  public boolean isPast() {
    return remainingNanos() == 0;
  }

  /**
   * The one with less time left; this one if both have the same. They may be on different clocks.
   */
  public Deadline earlier(Deadline other) {
    return signedNanos() <= other.signedNanos() ? this : other;
  }

  /**
   * The deadline that lies {@code reserve} before this one, and no earlier than now: what a step
   * may use so that the steps after it still have the reserve.
   *
   * @throws IllegalArgumentException if {@code reserve} is negative
   */
  public Deadline minus(Duration reserve) {
    long reserved = Math.min(nanos("reserve", reserve), remainingNanos());
    return new Deadline(clock, atNanos - reserved);
  }

  private long signedNanos() {
    return atNanos - clock.nanoTime();
  }

  private static long nanos(String name, Duration duration) {
    if (duration.isNegative()) {
      throw new IllegalArgumentException(name + ": " + duration + " (expected: >= 0)");
    }
    return duration.compareTo(Duration.ofNanos(LONGEST_NANOS)) >= 0
        ? LONGEST_NANOS
        : duration.toNanos();
  }

  /** Two deadlines are equal only if they are the same point on the same clock. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Deadline that && clock.equals(that.clock) && atNanos == that.atNanos;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(atNanos);
  }

  @Override
  public String toString() {
    return "in " + remaining();
  }
}
