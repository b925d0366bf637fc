package dev.sluice.rocketmq.client;

import dev.sluice.rocketmq.remoting.TopicQueue;
import java.util.Comparator;

/**
 * One queue of a topic on one broker. Ordered by topic, broker name and number, as every client of
 * a group must see the queues of a topic in one order.
 *
 * @param topic the topic's name, without the namespace
 * @param broker the name of the broker
 * @param id the queue's number on that broker, from 0
 */
public record MessageQueue(String topic, String broker, int id)
    implements Comparable<MessageQueue> {
  private static final Comparator<MessageQueue> ORDER =
      Comparator.comparing(MessageQueue::topic)
          .thenComparing(MessageQueue::broker)
          .thenComparingInt(MessageQueue::id);

  /**
   * A queue by its three names.
   *
   * @throws RocketMQException INVALID_ARGUMENT for an empty name or a negative number
   */
  public MessageQueue {
    Checks.notEmpty("topic", topic);
    Checks.notEmpty("broker", broker);
    if (id < 0) {
      throw RocketMQException.invalid("id", id, ">= 0");
    }
  }

  /** For the other modules of this library: a queue of a route. */
  public static MessageQueue of(String topic, TopicQueue queue) {
    return new MessageQueue(topic, queue.broker().name(), queue.id());
  }

  @Override
  public int compareTo(MessageQueue other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return topic + '@' + broker + ':' + id;
  }
}
