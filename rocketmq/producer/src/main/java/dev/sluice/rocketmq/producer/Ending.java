package dev.sluice.rocketmq.producer;

import dev.sluice.rocketmq.client.RocketMQException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The end of one call that {@link InFlight} has admitted: gives the admission back and completes
 * the future, once, whatever comes first.
 */
final class Ending<T> {
  private final InFlight inFlight;
  private final Delivery delivery;
  private final AtomicBoolean over = new AtomicBoolean();
  final CompletableFuture<T> future = new CompletableFuture<>();

  /** Where futures complete. */
  @FunctionalInterface
  interface Delivery {
    void run(Runnable completion);
  }

  /** For a call that has been admitted. */
  Ending(InFlight inFlight, Delivery delivery) {
    this.inFlight = inFlight;
    this.delivery = delivery;
  }

  void done(T value) {
    if (over.compareAndSet(false, true)) {
      inFlight.end();
      delivery.run(() -> future.complete(value));
    }
  }

  void failed(RocketMQException failure) {
    if (over.compareAndSet(false, true)) {
      inFlight.end();
      delivery.run(() -> future.completeExceptionally(failure));
    }
  }
}
