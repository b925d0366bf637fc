package dev.sluice.gateway.spi.testing;

import dev.sluice.gateway.spi.Cancellable;
import dev.sluice.gateway.spi.Loop;
import dev.sluice.gateway.spi.Loops;
import dev.sluice.lifecycle.Clock;
import dev.sluice.lifecycle.TimeoutScheduler;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Loops that run only when a test says so, on the test's thread, with a clock of their own that
 * moves only by {@link #advance}. Everything happens in one fixed order.
 */
public final class ManualLoops implements Loops, Clock {

  private static final long EPOCH_MILLIS = 1_700_000_000_000L;

  private final List<Loop> loops = new ArrayList<>();
  private final Queue<Timer> timers = new PriorityQueue<>();
  private @Nullable ManualLoop running;
  private long nanos;
  private long serial;

  public ManualLoops(int count) {
    for (int i = 0; i < count; i++) {
      loops.add(new ManualLoop(i));
    }
  }

  @Override
  public Loop current() {
    return running == null ? loops.getFirst() : running;
  }

  @Override
  public List<Loop> all() {
    return List.copyOf(loops);
  }

  @Override
  public long nanoTime() {
    return nanos;
  }

  @Override
  public long currentTimeMillis() {
    return EPOCH_MILLIS + nanos / 1_000_000;
  }

  /** Runs the task as loop number {@code index} and then all that became ready. */
  public void on(int index, Runnable task) {
    loops.get(index).execute(task);
    runReady();
  }

  /** Runs everything that needs no time to pass, the loops taking turns. */
  public void runReady() {
    boolean ran = true;
    while (ran) {
      ran = false;
      for (Loop loop : loops) {
        ran |= ((ManualLoop) loop).runOne();
      }
    }
  }

  /** Runs at most one task of one loop, for tests of interleavings; false where it had none. */
  public boolean runOne(int index) {
    return ((ManualLoop) loops.get(index)).runOne();
  }

  /** Lets time pass; timers run at their time, in order. */
  public void advance(Duration time) {
    runReady();
    long end = nanos + time.toNanos();
    for (Timer next = timers.peek(); next != null && next.at <= end; next = timers.peek()) {
      timers.remove();
      nanos = Math.max(nanos, next.at);
      if (!next.cancelled) {
        next.loop.execute(next.task);
        runReady();
      }
    }
    nanos = end;
  }

  /** How many timers are set and not cancelled. */
  public long timers() {
    return timers.stream().filter(timer -> !timer.cancelled).count();
  }

  /** A timer for closes: runs on the first loop. */
  public TimeoutScheduler scheduler() {
    return (task, delay) -> {
      Timer timer = schedule((ManualLoop) loops.getFirst(), task, delay);
      return () -> {
        boolean first = !timer.cancelled;
        timer.cancel();
        return first;
      };
    };
  }

  private Timer schedule(ManualLoop loop, Runnable task, Duration delay) {
    var timer = new Timer(loop, task, nanos + Math.max(0, delay.toNanos()), serial++);
    timers.add(timer);
    return timer;
  }

  private static final class Timer implements Cancellable, Comparable<Timer> {
    private final ManualLoop loop;
    private final Runnable task;
    private final long at;
    private final long serial;
    private boolean cancelled;

    Timer(ManualLoop loop, Runnable task, long at, long serial) {
      this.loop = loop;
      this.task = task;
      this.at = at;
      this.serial = serial;
    }

    @Override
    public void cancel() {
      cancelled = true;
    }

    @Override
    public int compareTo(Timer other) {
      int byTime = Long.compare(at, other.at);
      return byTime != 0 ? byTime : Long.compare(serial, other.serial);
    }
  }

  private final class ManualLoop implements Loop {
    private final int index;
    private final Deque<Runnable> tasks = new ArrayDeque<>();

    ManualLoop(int index) {
      this.index = index;
    }

    @Override
    public int index() {
      return index;
    }

    @Override
    public boolean inLoop() {
      return running == this;
    }

    @Override
    public void execute(Runnable task) {
      tasks.add(task);
    }

    @Override
    public Cancellable schedule(Runnable task, Duration delay) {
      return ManualLoops.this.schedule(this, task, delay);
    }

    boolean runOne() {
      Runnable task = tasks.poll();
      if (task == null) {
        return false;
      }
      ManualLoop before = running;
      running = this;
      try {
        task.run();
      } finally {
        running = before;
      }
      return true;
    }
  }
}
