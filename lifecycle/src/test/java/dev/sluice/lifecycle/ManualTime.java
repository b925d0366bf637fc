package dev.sluice.lifecycle;

import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;

/**
 * Time that moves by hand; the testkit's clock is built on this module, so its own tests have this
 * one.
 */
final class ManualTime implements Clock, TimeoutScheduler {

  private record Task(long at, Runnable run) {}

  private final PriorityQueue<Task> tasks = new PriorityQueue<>(Comparator.comparingLong(Task::at));
  private long now = 1_000_000;

  @Override
  public long nanoTime() {
    return now;
  }

  @Override
  public long currentTimeMillis() {
    return now / 1_000_000;
  }

  @Override
  public Timeout schedule(Runnable task, Duration delay) {
    var entry = new Task(now + delay.toNanos(), task);
    tasks.add(entry);
    return () -> tasks.remove(entry);
  }

  int waiting() {
    return tasks.size();
  }

  void advance(Duration time) {
    long end = now + time.toNanos();
    for (Task next = tasks.peek(); next != null && next.at() <= end; next = tasks.peek()) {
      tasks.remove(next);
      now = Math.max(now, next.at());
      next.run().run();
    }
    now = end;
  }
}
