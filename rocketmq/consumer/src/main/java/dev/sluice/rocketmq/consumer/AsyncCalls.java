package dev.sluice.rocketmq.consumer;

import dev.sluice.rocketmq.client.RocketMQException;
import dev.sluice.rocketmq.group.Tasks;
import dev.sluice.rocketmq.runtime.Handlers;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;

/**
 * Makes calls that wait on virtual threads of the consumer, and completes their futures where the
 * application wants its callbacks; so many at a time. Safe for all threads.
 */
final class AsyncCalls {
  private static final int MOST = 1000;

  private final Tasks tasks;
  private final Handlers handlers;
  private final Semaphore permits = new Semaphore(MOST);

  /** A call, and what becomes of it where it does not come to its end. */
  @FunctionalInterface
  interface Call<T> extends Blocking<T> {

    /** What the future gives where the consumer closes before the call is made. */
    default T whenClosed() {
      throw new IllegalStateException("the consumer is closed");
    }

    /** Takes a result back that nobody has got, as the future was completed by another. */
    default void takeBack(T result) {}
  }

  AsyncCalls(Tasks tasks, Handlers handlers) {
    this.tasks = tasks;
    this.handlers = handlers;
  }

  /** Makes a call whose result the future gives. */
  <T> CompletableFuture<T> start(CompletableFuture<T> future, Call<T> call) {
    if (!permits.tryAcquire()) {
      future.completeExceptionally(
          RocketMQException.of(
              RocketMQException.Category.OVERLOADED,
              "calls under way: " + MOST + " (expected: fewer)"));
      return future;
    }
    if (!tasks.start(() -> make(future, call))) {
      permits.release();
      try {
        future.complete(call.whenClosed());
      } catch (IllegalStateException e) {
        future.completeExceptionally(e);
      }
    }
    return future;
  }

  @SuppressWarnings("CatchingUnchecked") // Whatever it is, the future fails with it.
  private <T> void make(CompletableFuture<T> future, Call<T> call) {
    T result;
    try {
      try {
        result = Blocking.on(call);
      } finally {
        permits.release();
      }
    } catch (Throwable e) {
      handlers.execute(() -> future.completeExceptionally(e));
      return;
    }
    // Not here: what hangs on it may close the consumer, which waits for its own threads.
    handlers.execute(
        () -> {
          if (!future.complete(result)) {
            call.takeBack(result);
          }
        });
  }
}
