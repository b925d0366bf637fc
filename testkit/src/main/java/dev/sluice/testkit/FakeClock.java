package dev.sluice.testkit;

import dev.sluice.lifecycle.Clock;
import dev.sluice.lifecycle.TimeoutScheduler;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Time that stands still until the test moves it, and a timer on it.
 *
 * <p>Tasks run on the thread that calls {@link #advance}, in the order of their times, those of one
 * time in the order in which they were scheduled. While one runs the clock shows its time, and what
 * it schedules within the advance runs in the same advance.
 *
 * <p>Safe for use by any thread, but one thread advances.
 */
public final class FakeClock implements Clock, TimeoutScheduler {

  private record Task(long at, long order, Runnable run) {}

  private final PriorityQueue<Task> tasks =
      new PriorityQueue<>(Comparator.comparingLong(Task::at).thenComparingLong(Task::order));
  private final long startMillis;
  private long elapsed;
  private long scheduled;

  private FakeClock(long startMillis) {
    this.startMillis = startMillis;
  }

  /** A clock whose wall time starts at noon on the first of January 2026, UTC. */
  public static FakeClock create() {
    return startingAt(1_767_268_800_000L);
  }

  /** A clock whose wall time starts at {@code epochMillis}. */
  public static FakeClock startingAt(long epochMillis) {
    return new FakeClock(epochMillis);
  }

  @Override
  public synchronized long nanoTime() {
    return elapsed;
  }

  @Override
  public synchronized long currentTimeMillis() {
    return startMillis + TimeUnit.NANOSECONDS.toMillis(elapsed);
  }

  @Override
  public synchronized Timeout schedule(Runnable task, Duration delay) {
    var entry = new Task(elapsed + Math.max(0, delay.toNanos()), scheduled++, task);
    tasks.add(entry);
    return () -> cancel(entry);
  }

  private synchronized boolean cancel(Task task) {
    return tasks.remove(task);
  }

  /** How many tasks wait: zero when whoever used this timer has let go of it. */
  public synchronized int pending() {
    return tasks.size();
  }

  /** The time until the next task; empty if none waits. */
  public synchronized Optional<Duration> untilNext() {
    return Optional.ofNullable(tasks.peek()).map(next -> Duration.ofNanos(next.at() - elapsed));
  }

  /**
   * Moves time on and runs what becomes due. Zero runs what is due already. What a task throws ends
   * the advance at that task's time, and is thrown here.
   *
   * @throws IllegalArgumentException if {@code time} is negative
   */
  public void advance(Duration time) {
    if (time.isNegative()) {
      throw new IllegalArgumentException("time: " + time + " (expected: >= 0)");
    }
    long end = nanoTime() + time.toNanos();
    for (Task next = takeDue(end); next != null; next = takeDue(end)) {
      next.run().run();
    }
    synchronized (this) {
      elapsed = end;
    }
  }

  private synchronized @Nullable Task takeDue(long end) {
    Task next = tasks.peek();
    if (next == null || next.at() > end) {
      return null;
    }
    tasks.remove();
    elapsed = next.at();
    return next;
  }
}
