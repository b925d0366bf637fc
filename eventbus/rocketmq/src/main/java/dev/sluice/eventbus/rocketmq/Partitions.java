package dev.sluice.eventbus.rocketmq;

import dev.sluice.eventbus.EventBusException;
import dev.sluice.rocketmq.client.MessageQueue;

/**
 * Queues by the names that the bus has for them, {@code topic@broker:number}, and messages in them,
 * {@code topic@broker:number@offset}.
 */
final class Partitions {
  private Partitions() {}

  static String name(MessageQueue queue) {
    return queue.toString();
  }

  /**
   * A message's place.
   *
   * @param offset in the queue
   */
  record Position(MessageQueue queue, long offset) {

    /**
     * Reads a position.
     *
     * @throws EventBusException INVALID_ARGUMENT if it is none
     */
    static Position parse(String text) {
      int beforeOffset = text.lastIndexOf('@');
      int beforeBroker = text.indexOf('@');
      int beforeId = text.lastIndexOf(':');
      try {
        return new Position(
            new MessageQueue(
                text.substring(0, beforeBroker),
                text.substring(beforeBroker + 1, beforeId),
                Integer.parseInt(text.substring(beforeId + 1, beforeOffset))),
            Long.parseLong(text.substring(beforeOffset + 1)));
      } catch (RuntimeException e) {
        throw EventBusException.invalid("from", text, "topic@broker:queue@offset");
      }
    }
  }
}
