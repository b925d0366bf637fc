package dev.sluice.rocketmq.group;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Does something again and again, after a pause or when it is woken; never twice at a time. */
public final class Loop implements Tasks.Task {
  private final Round round;
  private final Consumer<RuntimeException> failed;
  private final Semaphore wakes = new Semaphore(0);
  private volatile boolean stopped;

  /** One round. */
  @FunctionalInterface
  public interface Round {
    /** Does it, and says how long to pause at most. */
    Duration run() throws InterruptedException;
  }

  /**
   * A loop that has not begun.
   *
   * @param failed told of what a round throws, after which the next comes in a second
   */
  public Loop(Round round, Consumer<RuntimeException> failed) {
    this.round = round;
    this.failed = failed;
  }

  /** Has the next round begin now, or when the one that runs has ended. Any thread. */
  public void wake() {
    wakes.release();
  }

  /** Begins no more rounds. */
  public void stop() {
    stopped = true;
    wake();
  }

  @Override
  public void run() throws InterruptedException {
    while (!stopped) {
      wakes.drainPermits();
      Duration pause = Duration.ofSeconds(1);
      try {
        pause = round.run();
      } catch (RuntimeException e) {
        failed.accept(e);
      }
      if (!stopped && wakes.tryAcquire(pause.toNanos(), TimeUnit.NANOSECONDS)) {
        // Woken: all wakes until the next round begins are one.
        wakes.drainPermits();
      }
    }
  }
}
