package dev.sluice.rocketmq.consumer;

import dev.sluice.rocketmq.client.ReceivedMessage;

/**
 * Consumes messages one by one. Called on virtual threads, as many at a time as the consumer's
 * options say, or one at a time for each queue where the consumer is ordered; may block.
 */
@FunctionalInterface
public interface MessageHandler {

  /**
   * Consumes a message.
   *
   * @return what became of it; null counts as {@link ConsumeResult#retry()}
   * @throws Exception for a message that is to come again; the consumer's handler for uncaught
   *     exceptions is told of it
   */
  ConsumeResult handle(ReceivedMessage message) throws Exception;
}
