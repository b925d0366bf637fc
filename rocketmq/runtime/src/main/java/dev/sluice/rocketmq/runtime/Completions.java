package dev.sluice.rocketmq.runtime;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs completions of futures, with what the application hangs on them: those that come close
 * together on one virtual thread, one behind the other, since a thread for each costs more than the
 * send did. None waits behind one that blocks, or for longer than two ticks behind ones that take
 * their time: those that do are given threads of their own. What one throws is told, and keeps none
 * from running. Safe for all threads.
 */
final class Completions {
  /** How soon it is seen that some wait. */
  static final Duration TICK = Duration.ofMillis(1);

  private final Executor threads;
  private final BiConsumer<Runnable, Duration> timer;
  private final Consumer<Throwable> uncaught;

  /** Bounded with the calls that are under way. */
  private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

  private final AtomicLong added = new AtomicLong();
  private final AtomicLong taken = new AtomicLong();
  private final AtomicBoolean active = new AtomicBoolean();
  private final AtomicBoolean ticking = new AtomicBoolean();
  private volatile @Nullable Thread runner;
  private volatile long addedBefore;

  /**
   * Completions that run on these threads.
   *
   * @param threads runs each task on a virtual thread of its own
   * @param timer runs a short task later, and throws RejectedExecutionException once it cannot
   * @param uncaught told what a completion throws, on its thread; throws nothing itself
   */
  Completions(
      Executor threads, BiConsumer<Runnable, Duration> timer, Consumer<Throwable> uncaught) {
    this.threads = threads;
    this.timer = timer;
    this.uncaught = uncaught;
  }

  void run(Runnable completion) {
    waiting.add(completion);
    added.incrementAndGet();
    if (active.compareAndSet(false, true)) {
      begin();
      return;
    }
    Thread running = runner;
    if (running != null && isHeldUp(running)) {
      spread();
    }
  }

  private static boolean isHeldUp(Thread thread) {
    return switch (thread.getState()) {
      case WAITING, TIMED_WAITING, BLOCKED -> true;
      case NEW, RUNNABLE, TERMINATED -> false;
    };
  }

  private void begin() {
    threads.execute(this::runAll);
    if (ticking.compareAndSet(false, true)) {
      nextTick();
    }
  }

  private void runAll() {
    do {
      runner = Thread.currentThread();
      for (Runnable next = take(); next != null; next = take()) {
        runOne(next);
      }
      runner = null;
      active.set(false);
    } while (!waiting.isEmpty() && active.compareAndSet(false, true));
  }

  private void runOne(Runnable completion) {
    try {
      completion.run();
    } catch (Throwable e) {
      uncaught.accept(e);
    }
  }

  private @Nullable Runnable take() {
    Runnable next = waiting.poll();
    if (next != null) {
      taken.incrementAndGet();
    }
    return next;
  }

  private void spread() {
    for (Runnable next = take(); next != null; next = take()) {
      Runnable alone = next;
      threads.execute(() -> runOne(alone));
    }
  }

  private void nextTick() {
    try {
      timer.accept(this::tick, TICK);
    } catch (RejectedExecutionException e) {
      // The loops are gone, so no more will come than have.
      ticking.set(false);
      spread();
    }
  }

  private void tick() {
    if (taken.get() < addedBefore) {
      spread();
    }
    addedBefore = added.get();
    if (active.get()) {
      nextTick();
      return;
    }
    ticking.set(false);
    if (active.get() && ticking.compareAndSet(false, true)) {
      nextTick();
    }
  }
}
