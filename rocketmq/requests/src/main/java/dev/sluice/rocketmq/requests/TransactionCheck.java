package dev.sluice.rocketmq.requests;

import dev.sluice.rocketmq.wire.Fields;
import dev.sluice.rocketmq.wire.RemotingCommand;
import dev.sluice.rocketmq.wire.RequestCode;
import dev.sluice.rocketmq.wire.WireException;
import java.util.List;

/**
 * What a broker sends to ask how a transaction ended ({@link RequestCode#CHECK_TRANSACTION_STATE}).
 * It takes no answer: the transaction is ended, or asked for again later.
 *
 * @param half the copy that is to be ended
 * @param message what was sent, with the topic and queue that it is for
 */
public record TransactionCheck(HalfMessage half, StoredMessage message) {

  /**
   * Reads the request. Those of 4.x brokers do not say which broker it is, so that the name is
   * empty until {@link #of} tells it.
   *
   * @throws WireException when it is not one, or names no producer group
   */
  public static TransactionCheck read(RemotingCommand request) {
    List<StoredMessage> messages = StoredMessages.decode(request.body());
    if (messages.size() != 1) {
      throw WireException.malformed(
          "messages of a transaction check: " + messages.size() + " (expected: 1)");
    }
    StoredMessage message = messages.getFirst();
    String group = message.property(PropertyNames.PRODUCER_GROUP);
    if (group == null) {
      throw WireException.malformed(
          "half message " + message.messageId() + ": no producer group (expected: one)");
    }
    Fields fields = request.fields();
    String broker = fields.get("bname");
    HalfMessage half =
        new HalfMessage(
            broker == null ? "" : broker,
            message.topic(),
            group,
            message.messageId(),
            fields.requireLong("tranStateTableOffset"),
            fields.requireLong("commitLogOffset"));
    return new TransactionCheck(half, message);
  }

  /** The same of the broker of this name. */
  public TransactionCheck of(String brokerName) {
    return new TransactionCheck(
        new HalfMessage(
            brokerName,
            half.topic(),
            half.producerGroup(),
            half.messageId(),
            half.queueOffset(),
            half.commitLogOffset()),
        message);
  }
}
