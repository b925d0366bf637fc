package dev.sluice.rocketmq.remoting;

import dev.sluice.rocketmq.requests.SendBatch;
import dev.sluice.rocketmq.requests.TopicTemplate;
import java.util.List;

/**
 * Messages to send together, but for where they go. They share what this says of them; none may be
 * delayed or transactional.
 *
 * @param producerGroup whom the broker files the sender under; not empty
 * @param systemFlags see {@link dev.sluice.rocketmq.requests.SystemFlags}
 * @param bornMillis when they were made, since the epoch
 * @param messages one at least; the sum of their {@linkplain SendBatch.Member#encodedSize() encoded
 *     sizes} must fit the broker's maximum message size (4 MiB by default)
 * @param template what the topic is made after if this batch creates it
 */
public record OutgoingBatch(
    String producerGroup,
    int systemFlags,
    long bornMillis,
    List<SendBatch.Member> messages,
    TopicTemplate template) {

  public OutgoingBatch {
    messages = List.copyOf(messages);
    if (messages.isEmpty()) {
      throw new IllegalArgumentException("messages: [] (expected: one message at least)");
    }
  }

  /** The same with the usual template. */
  public OutgoingBatch(
      String producerGroup, int systemFlags, long bornMillis, List<SendBatch.Member> messages) {
    this(producerGroup, systemFlags, bornMillis, messages, TopicTemplate.DEFAULT);
  }
}
