package dev.sluice.gateway.spi.testing;

import dev.sluice.gateway.spi.Cancellable;
import dev.sluice.gateway.spi.Loop;
import dev.sluice.gateway.spi.Loops;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** Loops on real threads, started with the first task; {@link #close} ends them and waits. */
public final class ThreadLoops implements Loops, AutoCloseable {

  private final List<Loop> loops = new ArrayList<>();
  private static final ThreadLocal<Loop> RUNNING = new ThreadLocal<>();
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

  public ThreadLoops(int count) {
    for (int i = 0; i < count; i++) {
      loops.add(new ThreadLoop("loop-" + i));
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
    private final ScheduledThreadPoolExecutor executor;

    ThreadLoop(String name) {
      executor = new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().name(name).factory());
      executor.setRemoveOnCancelPolicy(true);
      executor.setRejectedExecutionHandler((task, pool) -> {});
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
      Future<?> timer = executor.schedule(() -> run(task), delay.toNanos(), TimeUnit.NANOSECONDS);
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
