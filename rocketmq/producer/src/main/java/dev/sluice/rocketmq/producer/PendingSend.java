package dev.sluice.rocketmq.producer;

import dev.sluice.rocketmq.client.Message;
import dev.sluice.rocketmq.client.RocketMQException;
import dev.sluice.rocketmq.remoting.OutgoingMessage;
import dev.sluice.rocketmq.remoting.TopicQueue;
import dev.sluice.rocketmq.requests.SendReply;

/**
 * A message that may leave with others; ends once.
 *
 * @param topic as brokers know it
 * @param content what it is on its way, were it alone
 * @param deadlineNanos by when it ends, of the producer's clock
 */
record PendingSend(
    Message message,
    String topic,
    String id,
    OutgoingMessage content,
    long deadlineNanos,
    Ending<SendResult> ending) {

  /** Its bytes in a batch. */
  int bytes() {
    return content.content().encodedSize();
  }

  /**
   * It is stored.
   *
   * @param place among those that were stored with it
   */
  void stored(int place, TopicQueue queue, SendReply reply) {
    ending.done(SendResult.member(place, id, message.topic(), queue, reply));
  }

  void failed(RocketMQException failure) {
    ending.failed(failure);
  }
}
