package dev.sluice.rocketmq.requests;

import dev.sluice.rocketmq.wire.WireException;

/**
 * What a topic is made after that its first message creates, where brokers allow it.
 *
 * @param topic whose settings it gets; brokers must have it with the right to be inherited from
 * @param queues how many queues it gets on each broker; no more than the template has. 1 or more
 */
public record TopicTemplate(String topic, int queues) {
  /** The topic that brokers have if they make topics on first use, and four queues. */
  public static final TopicTemplate DEFAULT = new TopicTemplate("TBW102", 4);

  /** Checks what a broker would refuse. */
  public TopicTemplate {
    if (topic.isEmpty()) {
      throw WireException.invalid("template topic: '' (expected: at least 1 character)");
    }
    if (queues < 1) {
      throw WireException.invalid("queues by template: " + queues + " (expected: >= 1)");
    }
  }
}
