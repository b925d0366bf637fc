package dev.sluice.rocketmq.producer;

import dev.sluice.rocketmq.client.MessageQueue;
import dev.sluice.rocketmq.remoting.TopicQueue;
import dev.sluice.rocketmq.requests.SendReply;
import java.util.List;
import java.util.Optional;

/**
 * What a broker says of a message that it has stored.
 *
 * @param status how safely
 * @param messageId the unique id, given by this client
 * @param offsetMessageId the id that the broker knows it by: its address and log position
 * @param queue where it is
 * @param queueOffset its position there; of a half message or a delayed one, its position among
 *     those
 * @param transactionId the broker's name for the transaction, for a half message
 * @param recallHandle takes a message with a delivery time back; see {@link Producer#recall}
 */
public record SendResult(
    SendStatus status,
    String messageId,
    String offsetMessageId,
    MessageQueue queue,
    long queueOffset,
    Optional<String> transactionId,
    Optional<String> recallHandle) {

  static SendResult of(String messageId, String topic, TopicQueue queue, SendReply reply) {
    return member(0, messageId, topic, queue, reply);
  }

  /** The result of a member of a batch, by its place in it. */
  static SendResult member(
      int place, String messageId, String topic, TopicQueue queue, SendReply reply) {
    List<String> ids = reply.offsetMessageIds();
    return new SendResult(
        SendStatus.of(reply.status()),
        messageId,
        ids.get(Math.min(place, ids.size() - 1)),
        new MessageQueue(topic, queue.broker().name(), reply.queueId()),
        reply.queueOffset() + place,
        Optional.ofNullable(reply.transactionId()),
        Optional.ofNullable(reply.recallHandle()));
  }
}
