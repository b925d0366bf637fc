package dev.sluice.rocketmq.producer;

import dev.sluice.rocketmq.client.RocketMQException;
import dev.sluice.rocketmq.requests.HalfMessage;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Ends one half message, once. */
final class DefaultTransaction implements Transaction {
  private final ActiveProducer producer;
  private final SendResult sent;
  private final HalfMessage half;
  private final AtomicReference<@Nullable TransactionOutcome> ended = new AtomicReference<>();

  DefaultTransaction(ActiveProducer producer, SendResult sent, HalfMessage half) {
    this.producer = producer;
    this.sent = sent;
    this.half = half;
  }

  @Override
  public SendResult half() {
    return sent;
  }

  @Override
  public CompletableFuture<Void> end(TransactionOutcome outcome) {
    return end(outcome, producer.callbacks());
  }

  @Override
  public void commit() {
    producer.await(end(TransactionOutcome.COMMIT, Runnable::run));
  }

  @Override
  public void rollback() {
    producer.await(end(TransactionOutcome.ROLLBACK, Runnable::run));
  }

  private CompletableFuture<Void> end(TransactionOutcome outcome, Ending.Delivery delivery) {
    TransactionOutcome before = ended.compareAndExchange(null, outcome);
    if (before != null) {
      return CompletableFuture.failedFuture(
          RocketMQException.invalid(
              "outcome of transaction " + half.messageId(),
              outcome,
              "to be ended once; it was with " + before));
    }
    return producer.end(half, outcome, delivery);
  }
}
