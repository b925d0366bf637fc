package dev.sluice.gateway.spi.testing;

import dev.sluice.gateway.spi.Cancellable;
import dev.sluice.gateway.spi.Loop;
import dev.sluice.gateway.spi.Loops;
import dev.sluice.lifecycle.Clock;
import dev.sluice.lifecycle.TimeoutScheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Loops on real threads, started with the first task; {@link #close} ends them and waits. Their
 * time may pass faster than elsewhere, so that what happens after a while happens all the time.
 */
public final class ThreadLoops implements Loops, Clock, AutoCloseable {

  private final List<Loop> loops = new ArrayList<>();
  private final int hurry;
  private final long begunMillis = System.currentTimeMillis();
  private final long begunNanos = System.nanoTime();
  private static final ThreadLocal<Loop> RUNNING = new ThreadLocal<>();
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

  public ThreadLoops(int count) {
    this(count, 1);
  }

  /** Loops whose time passes {@code hurry} times as fast as the machine's. */
  public ThreadLoops(int count, int hurry) {
    this.hurry = hurry;
    for (int i = 0; i < count; i++) {
      loops.add(new ThreadLoop(i));
    }
  }

  @Override
  public Loop current() {
    Loop loop = RUNNING.get();
    return loop != null ? loop : loops.get(ThreadLocalRandom.current().nextInt(loops.size()));
  }

  @Override
  public List<Loop> all() {
    return List.copyOf(loops);
  }

  @Override
  public long nanoTime() {
    return (System.nanoTime() - begunNanos) * hurry;
  }

  @Override
  public long currentTimeMillis() {
    return begunMillis + nanoTime() / 1_000_000;
  }

  /** A timer for closes: runs on the first loop. */
  public TimeoutScheduler scheduler() {
    return (task, delay) -> {
      var decided = new AtomicBoolean();
      Cancellable timer =
          loops
              .getFirst()
              .schedule(
                  () -> {
                    if (decided.compareAndSet(false, true)) {
                      task.run();
                    }
                  },
                  delay);
      return () -> {
        timer.cancel();
        return decided.compareAndSet(false, true);
      };
    };
  }

  /** What tasks threw; a test expects it to be empty. */
  public List<Throwable> failures() {
    return List.copyOf(failures);
  }

  @Override
  public void close() {
    for (Loop loop : loops) {
      ((ThreadLoop) loop).executor.shutdownNow();
    }
    for (Loop loop : loops) {
      try {
        if (!((ThreadLoop) loop).executor.awaitTermination(10, TimeUnit.SECONDS)) {
          throw new IllegalStateException("a loop does not end");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private final class ThreadLoop implements Loop {
    private final int index;
    private final ScheduledThreadPoolExecutor executor;

    ThreadLoop(int index) {
      this.index = index;
      executor =
          new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().name("loop-" + index).factory());
      executor.setRemoveOnCancelPolicy(true);
      executor.setRejectedExecutionHandler((task, pool) -> {});
    }

    @Override
    public int index() {
      return index;
    }

    @Override
    public boolean inLoop() {
      return RUNNING.get() == this;
    }

    @Override
    public void execute(Runnable task) {
      executor.execute(() -> run(task));
    }

    @Override
    public Cancellable schedule(Runnable task, Duration delay) {
      long nanos = delay.toNanos() / hurry;
      Future<?> timer = executor.schedule(() -> run(task), nanos, TimeUnit.NANOSECONDS);
      return () -> timer.cancel(false);
    }

    private void run(Runnable task) {
      RUNNING.set(this);
      try {
        task.run();
      } catch (RuntimeException | Error e) {
        failures.add(e);
      }
    }
  }
}
