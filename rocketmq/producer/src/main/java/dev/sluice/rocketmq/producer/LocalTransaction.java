package dev.sluice.rocketmq.producer;

import dev.sluice.rocketmq.client.Message;

/** The application's part of a transaction. */
@FunctionalInterface
public interface LocalTransaction {

  /**
   * Does it, on the caller's thread, when the broker holds the message.
   *
   * @param half what the broker said of the message
   * @return what becomes of the message
   */
  TransactionOutcome run(Message message, SendResult half) throws Exception;
}
