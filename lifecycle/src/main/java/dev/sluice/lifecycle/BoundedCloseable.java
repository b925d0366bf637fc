package dev.sluice.lifecycle;

import java.time.Duration;
import java.util.concurrent.CompletionStage;

/**
 * Something whose closing ends in bounded time and says what it left behind.
 *
 * <p>Closing stops accepting, drains, cancels what remains, and frees timers and threads last.
 * Whoever opened it closes it, from any thread. {@link StagedClose} implements the order and the
 * bound.
 */
public interface BoundedCloseable extends AutoCloseable {

  /** What {@link #close()} allows. */
  Duration DEFAULT_CLOSE_TIME = Duration.ofSeconds(30);

  /**
   * Starts closing. Never blocks and never throws. Idempotent: the first call's deadline holds,
   * later calls get the same stage. The stage completes by the deadline, always normally: what went
   * wrong is in the report.
   */
  CompletionStage<CloseReport> closeAsync(Deadline deadline);

  /**
   * Closes and waits for it, at most until the deadline. What has not ended by then is named in the
   * report and goes on ending on its own. Must not be called on an event loop.
   *
   * <p>An interrupt ends the wait, not the closing; the thread stays interrupted.
   */
  default CloseReport close(Deadline deadline) {
    return CloseWait.await(this, deadline);
  }

  /**
   * {@link #close(Deadline)} with 30 seconds. Whoever wants to know what was left behind calls that
   * one.
   */
  @Override
  default void close() {
    close(Deadline.after(DEFAULT_CLOSE_TIME));
  }
}
