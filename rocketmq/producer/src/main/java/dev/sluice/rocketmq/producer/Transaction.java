package dev.sluice.rocketmq.producer;

import dev.sluice.rocketmq.client.RocketMQException;
import java.util.concurrent.CompletableFuture;

/**
 * A message that a broker holds and delivers to nobody until this is committed. One that is never
 * ended is asked for by the broker, of any producer of the group that has a {@link
 * TransactionChecker}. For any thread.
 */
public interface Transaction {

  /** What the broker said of the message when it stored it. */
  SendResult half();

  /**
   * Ends the transaction; once, as a broker that is told twice to commit delivers twice.
   *
   * @return done when the broker has taken the outcome; for {@link TransactionOutcome#UNKNOWN}, to
   *     which no answer comes, when that is written. Fails with a {@link RocketMQException}:
   *     UNKNOWN_OUTCOME where no answer came, in which case the broker either knows it, or asks;
   *     INVALID_ARGUMENT if it was ended before
   */
  CompletableFuture<Void> end(TransactionOutcome outcome);

  /** Has the message delivered; blocks. Fails as {@link #end}. */
  void commit();

  /** Has the message dropped; blocks. Fails as {@link #end}. */
  void rollback();
}
