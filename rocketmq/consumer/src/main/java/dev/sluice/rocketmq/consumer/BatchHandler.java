package dev.sluice.rocketmq.consumer;

import dev.sluice.rocketmq.client.ReceivedMessage;
import java.util.List;

/** Consumes several messages of one queue at once; otherwise as {@link MessageHandler}. */
@FunctionalInterface
public interface BatchHandler {

  /**
   * Consumes messages.
   *
   * @param messages of one queue, in its order; one at least and as many as the options say at most
   * @return what became of all of them
   * @throws Exception for messages that are all to come again
   */
  ConsumeResult handle(List<ReceivedMessage> messages) throws Exception;
}
