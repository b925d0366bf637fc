package dev.sluice.rocketmq.requests;

import dev.sluice.rocketmq.wire.FieldWriter;
import dev.sluice.rocketmq.wire.Fields;
import dev.sluice.rocketmq.wire.RefusedException;
import dev.sluice.rocketmq.wire.RemotingCommand;
import dev.sluice.rocketmq.wire.Request;
import dev.sluice.rocketmq.wire.RequestCode;
import dev.sluice.rocketmq.wire.ResponseCode;
import dev.sluice.rocketmq.wire.WireException;
import java.util.List;

/**
 * Reads messages of one queue from an offset on ({@link RequestCode#PULL_MESSAGE}). Changes nothing
 * about the group: it commits no offset.
 *
 * @param group the consumer group, which must exist or be made on first use
 * @param topic the topic as it is stored, also a retry topic
 * @param queueId the queue
 * @param offset the first message wanted
 * @param maxMessages how many messages at most, 1 to {@value #MAX_MESSAGES}; a broker may give less
 * @param suspendMillis how long the broker waits where the queue ends at the offset; it looks at
 *     the clock every 5 s only. 0 answers at once
 * @param expressionType {@code TAG} or {@code SQL92}
 * @param expression which messages
 */
public record PullMessage(
    String group,
    String topic,
    int queueId,
    long offset,
    int maxMessages,
    long suspendMillis,
    String expressionType,
    String expression)
    implements Request<PullReply> {

  /** How many messages one pull may ask for. */
  public static final int MAX_MESSAGES = 1024;

  private static final int SUSPEND = 1 << 1;
  private static final int SUBSCRIPTION = 1 << 2;

  /** Checks the number of messages. */
  public PullMessage {
    if (maxMessages < 1 || maxMessages > MAX_MESSAGES) {
      throw WireException.invalid(
          "maxMessages: " + maxMessages + " (expected: 1 to " + MAX_MESSAGES + ")");
    }
  }

  /** All messages of a queue from an offset on, without waiting. */
  public static PullMessage of(
      String group, String topic, int queueId, long offset, int maxMessages) {
    return new PullMessage(group, topic, queueId, offset, maxMessages, 0, "TAG", "*");
  }

  @Override
  public int code() {
    return RequestCode.PULL_MESSAGE;
  }

  @Override
  public void writeFields(FieldWriter out) {
    out.field("consumerGroup", group)
        .field("topic", topic)
        .field("queueId", queueId)
        .field("queueOffset", offset)
        .field("maxMsgNums", maxMessages)
        .field("sysFlag", suspendMillis > 0 ? SUSPEND | SUBSCRIPTION : SUBSCRIPTION)
        .field("commitOffset", 0)
        .field("suspendTimeoutMillis", suspendMillis)
        .field("subscription", expression)
        .field("subVersion", 0)
        .field("expressionType", expressionType);
  }

  @Override
  public PullReply read(RemotingCommand response) {
    return switch (response.code()) {
      case ResponseCode.SUCCESS -> found(response);
      case ResponseCode.PULL_NOT_FOUND -> nothing(PullReply.Status.NOT_FOUND, response);
      case ResponseCode.PULL_RETRY_IMMEDIATELY -> nothing(PullReply.Status.NONE_MATCHED, response);
      case ResponseCode.PULL_OFFSET_MOVED -> nothing(PullReply.Status.OUT_OF_RANGE, response);
      default -> throw new RefusedException(code(), response.code(), response.remark());
    };
  }

  private static PullReply found(RemotingCommand response) {
    return reply(PullReply.Status.FOUND, StoredMessages.decode(response.body()), response);
  }

  private static PullReply nothing(PullReply.Status status, RemotingCommand response) {
    return reply(status, List.of(), response);
  }

  private static PullReply reply(
      PullReply.Status status, List<StoredMessage> messages, RemotingCommand response) {
    Fields fields = response.fields();
    return new PullReply(
        status,
        messages,
        fields.requireLong("nextBeginOffset"),
        fields.requireLong("minOffset"),
        fields.requireLong("maxOffset"));
  }
}
