package dev.sluice.eventbus.core;

import dev.sluice.eventbus.EventBusException;
import dev.sluice.eventbus.EventBusException.Category;
import dev.sluice.eventbus.Published;
import dev.sluice.lifecycle.TimeoutScheduler;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One message being published. Its end is the first of an answer, its time and the bus's close;
 * what comes after that is dropped. What the program does with its future, cancelling it included,
 * changes nothing here.
 */
final class Publication {

  private final Publishing owner;
  private final long size;
  private final CompletableFuture<Published> result = new CompletableFuture<>();
  private final AtomicBoolean ended = new AtomicBoolean();
  private final Thread publisher = Thread.currentThread();
  // Written by the publisher alone.
  private boolean handedOut;
  private volatile TimeoutScheduler.@Nullable Timeout timeout;

  Publication(Publishing owner, long size) {
    this.owner = owner;
    this.size = size;
  }

  void endAfter(TimeoutScheduler timers, Duration time) {
    timeout = timers.schedule(() -> fail(owner.late()), time);
  }

  /** What the program gets; from then on its stages may hang on it. */
  CompletableFuture<Published> handOut() {
    handedOut = true;
    return result;
  }

  CompletableFuture<Published> result() {
    return result;
  }

  void answered(@Nullable Published published, @Nullable Throwable failure) {
    if (failure != null) {
      fail(failure);
    } else if (published == null) {
      fail(EventBusException.of(Category.INTERNAL, "the transport answered with nothing"));
    } else if (end(true)) {
      complete(() -> result.complete(published));
    }
  }

  void fail(Throwable failure) {
    if (end(false)) {
      EventBusException shown = shown(failure);
      complete(() -> result.completeExceptionally(shown));
    }
  }

  private boolean end(boolean done) {
    if (!ended.compareAndSet(false, true)) {
      return false;
    }
    TimeoutScheduler.Timeout waiting = timeout;
    if (waiting != null) {
      waiting.cancel();
    }
    owner.ended(this, size, done);
    return true;
  }

  /**
   * What hangs on the future is the program's and may block, which the thread that brought the
   * answer must not: it may be the one on which all others come.
   */
  private void complete(Runnable completion) {
    if (Thread.currentThread().equals(publisher) && !handedOut) {
      completion.run();
    } else {
      Thread.startVirtualThread(completion);
    }
  }

  private static EventBusException shown(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return cause instanceof EventBusException known
        ? known
        : EventBusException.of(Category.INTERNAL, "publishing failed: " + cause, cause);
  }
}
