package dev.sluice.lifecycle;

/**
 * Where time comes from. Code that measures or waits takes a clock, so that a test can move time by
 * hand.
 *
 * <p>Safe for use by any thread.
 */
public interface Clock {

  /**
   * Monotonic nanoseconds from an arbitrary origin; only differences mean anything, and they may
   * wrap.
   */
  long nanoTime();

  /** Wall-clock milliseconds since the epoch; may jump. */
  long currentTimeMillis();

  /** The machine's clock. */
  static Clock system() {
    return SystemClock.INSTANCE;
  }
}
