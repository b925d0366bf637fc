package dev.sluice.lifecycle;

import java.time.Duration;

/**
 * Runs a task once, later. The owner of a timer implements this over it, a test over its fake
 * clock.
 *
 * <p>Safe for use by any thread. Tasks are short and do not block, unless the implementation says
 * otherwise.
 */
@FunctionalInterface
public interface TimeoutScheduler {

  /**
   * Runs {@code task} no earlier than {@code delay} from now, at once if the delay is zero or less,
   * but never within this call.
   *
   * @throws java.util.concurrent.RejectedExecutionException if the timer behind this is closed
   */
  Timeout schedule(Runnable task, Duration delay);

  /** A task that waits for its time. */
  @FunctionalInterface
  interface Timeout {
    /** Prevents the task from running and lets go of it; true if it had not started. Idempotent. */
    boolean cancel();
  }

  /**
   * The JDK's own delay timer, which has one daemon thread for the whole process and nothing to
   * close. Each task runs on a virtual thread of its own, so it may block.
   */
  static TimeoutScheduler system() {
    return SystemTimeouts.INSTANCE;
  }
}
