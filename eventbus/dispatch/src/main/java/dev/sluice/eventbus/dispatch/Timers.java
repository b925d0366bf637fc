package dev.sluice.eventbus.dispatch;

import dev.sluice.lifecycle.TimeoutScheduler;
import dev.sluice.lifecycle.TimeoutScheduler.Timeout;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;

/**
 * A timer that may have been closed before the dispatcher: what waits then waits until its flow is
 * revoked, which breaks nothing.
 */
record Timers(TimeoutScheduler scheduler) {

  private static final Timeout NONE = () -> false;

  Timeout in(Duration time, Runnable task) {
    try {
      return scheduler.schedule(task, time);
    } catch (RejectedExecutionException e) {
      return NONE;
    }
  }
}
