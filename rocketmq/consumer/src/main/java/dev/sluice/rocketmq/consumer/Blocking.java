package dev.sluice.rocketmq.consumer;

import dev.sluice.rocketmq.client.RocketMQException;

/** A call that waits, and how an interrupt of it is told to the application. */
@FunctionalInterface
interface Blocking<T> {
  T call() throws InterruptedException;

  /**
   * Makes the call on the application's thread.
   *
   * @throws RocketMQException INTERRUPTED if that is interrupted, and stays so
   */
  static <T> T on(Blocking<T> call) {
    try {
      return call.call();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw RocketMQException.of(
          RocketMQException.Category.INTERRUPTED, "interrupted while it waited for brokers", e);
    }
  }
}
