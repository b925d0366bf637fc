package dev.sluice.eventbus.nats;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * All threads of a transport, the client's among them. Platform threads: signs of life must be
 * given in time also while handlers keep all carriers of virtual threads busy.
 */
final class NatsThreads {
  private static final int FEW = 4;

  // A thread leaves when it ends; bounded by what the transport runs at a time.
  private final Set<Thread> alive = ConcurrentHashMap.newKeySet();
  private final ThreadPoolExecutor tasks;
  private final ThreadPoolExecutor few;
  private final ScheduledThreadPoolExecutor timer;

  NatsThreads(String name) {
    AtomicInteger number = new AtomicInteger();
    ThreadFactory factory =
        task -> {
          Thread thread = new Thread(() -> runCounted(task), name + '-' + number.incrementAndGet());
          thread.setDaemon(true);
          return thread;
        };
    this.tasks =
        new ThreadPoolExecutor(
            0, Integer.MAX_VALUE, 1, TimeUnit.SECONDS, new SynchronousQueue<>(), factory);
    this.few =
        new ThreadPoolExecutor(FEW, FEW, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), factory);
    few.allowCoreThreadTimeOut(true);
    this.timer = new ScheduledThreadPoolExecutor(1, factory);
    timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    timer.setContinueExistingPeriodicTasksAfterShutdownPolicy(false);
    timer.setRemoveOnCancelPolicy(true);
  }

  private void runCounted(Runnable task) {
    alive.add(Thread.currentThread());
    try {
      task.run();
    } finally {
      alive.remove(Thread.currentThread());
    }
  }

  /** For the client, which uses a thread for each of its loops. */
  ExecutorService tasks() {
    return tasks;
  }

  /** For the client's timers. */
  ScheduledExecutorService timer() {
    return timer;
  }

  /** Runs what may block; false, and nothing is done, once the transport is closing. */
  boolean run(Runnable task) {
    try {
      tasks.execute(task);
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  /** The same for what there may be much of: a few at a time. */
  boolean runSoon(Runnable task) {
    try {
      few.execute(task);
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  /**
   * Runs something later, not on the timer's own thread. Does nothing once the transport is
   * closing.
   */
  void later(Runnable task, Duration delay) {
    try {
      var unused = timer.schedule(() -> run(task), delay.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      // Closing, which ends whatever this was for.
    }
  }

  /** Ends the timer, interrupts what runs, and takes nothing more. */
  void end() {
    timer.shutdownNow();
    tasks.shutdownNow();
    few.shutdownNow();
  }

  /**
   * Waits for all threads to end.
   *
   * @return the names of those that have not
   */
  List<String> awaitEnd(Duration time) throws InterruptedException {
    long end = System.nanoTime() + time.toNanos();
    for (Thread thread : new ArrayList<>(alive)) {
      long left = Math.max(1, TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime()));
      thread.join(left);
    }
    return alive.stream().map(Thread::getName).sorted().toList();
  }
}
