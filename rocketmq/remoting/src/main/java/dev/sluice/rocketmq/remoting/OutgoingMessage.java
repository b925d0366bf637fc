package dev.sluice.rocketmq.remoting;

import dev.sluice.rocketmq.requests.SendBatch;
import dev.sluice.rocketmq.requests.TopicTemplate;

/**
 * One message to send, but for where it goes.
 *
 * @param producerGroup whom the broker files the sender under; not empty
 * @param systemFlags see {@link dev.sluice.rocketmq.requests.SystemFlags}
 * @param bornMillis when it was made, since the epoch
 * @param content its own flag, properties and body
 * @param template what the topic is made after if this message creates it
 */
public record OutgoingMessage(
    String producerGroup,
    int systemFlags,
    long bornMillis,
    SendBatch.Member content,
    TopicTemplate template) {

  /** The same with the usual template. */
  public OutgoingMessage(
      String producerGroup, int systemFlags, long bornMillis, SendBatch.Member content) {
    this(producerGroup, systemFlags, bornMillis, content, TopicTemplate.DEFAULT);
  }
}
