package dev.sluice.lifecycle;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

enum SystemTimeouts implements TimeoutScheduler {
  INSTANCE;

  @Override
  public Timeout schedule(Runnable task, Duration delay) {
    Objects.requireNonNull(task, "task");
    var due = new CompletableFuture<Boolean>();
    var decided = new AtomicBoolean();
    // Completing `due` early takes the entry out of the JDK's delay queue, so a cancelled task is
    // not retained.
    var unused =
        due.completeOnTimeout(true, Math.max(0, delay.toNanos()), TimeUnit.NANOSECONDS)
            .thenAccept(
                run -> {
                  if (run && decided.compareAndSet(false, true)) {
                    Thread.startVirtualThread(task);
                  }
                });
    return () -> {
      boolean cancelled = decided.compareAndSet(false, true);
      due.complete(false);
      return cancelled;
    };
  }
}
