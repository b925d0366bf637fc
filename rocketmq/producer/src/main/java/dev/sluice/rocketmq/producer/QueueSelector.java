package dev.sluice.rocketmq.producer;

import dev.sluice.rocketmq.client.Message;
import dev.sluice.rocketmq.client.MessageQueue;
import java.util.List;

/** Chooses the queue that a message goes to. For any thread; must not block. */
@FunctionalInterface
public interface QueueSelector {

  /**
   * One of the queues.
   *
   * @param queues what can be written now, in the order of broker name and number; at least one
   */
  MessageQueue select(Message message, List<MessageQueue> queues);

  /**
   * Whether a retry of the message may go to another queue than the one chosen first, on another
   * broker where there is one. False unless a selector says otherwise: whoever chooses a queue
   * mostly wants that one.
   */
  default boolean isFree(Message message) {
    return false;
  }

  /** Each queue of a topic in turn, from a random one on. The default. */
  static QueueSelector roundRobin() {
    return new RoundRobin();
  }

  /** Any queue. */
  static QueueSelector random() {
    return RandomQueue.INSTANCE;
  }

  /**
   * By the hash of the message's sharding key, or any queue for a message without one. The queue is
   * the one that the official client's selector by hash takes for the same key, so that producers
   * of both agree.
   */
  static QueueSelector hash() {
    return HashOfKey.INSTANCE;
  }

  /** Always this queue; a message of another topic is refused. */
  static QueueSelector manual(MessageQueue queue) {
    return (message, queues) -> queue;
  }
}
