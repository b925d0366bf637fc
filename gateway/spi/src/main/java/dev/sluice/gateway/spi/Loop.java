package dev.sluice.gateway.spi;

import java.time.Duration;
import java.util.concurrent.Executor;

/**
 * One event loop: runs what it is given one after the other, in order, on one thread. Nothing that
 * blocks may run on it.
 */
public interface Loop extends Executor {

  /** Its position in {@link Loops#all}, from 0. */
  int index();

  /** Whether the calling thread is this loop's. */
  boolean inLoop();

  /**
   * Runs the task on this loop after the delay, unless cancelled before. Bounded only by its
   * caller.
   */
  Cancellable schedule(Runnable task, Duration delay);
}
