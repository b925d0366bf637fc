package dev.sluice.rocketmq.requests;

import dev.sluice.rocketmq.wire.FieldWriter;
import dev.sluice.rocketmq.wire.Fields;
import dev.sluice.rocketmq.wire.RefusedException;
import dev.sluice.rocketmq.wire.RemotingCommand;
import dev.sluice.rocketmq.wire.Request;
import dev.sluice.rocketmq.wire.RequestCode;
import dev.sluice.rocketmq.wire.ResponseCode;
import dev.sluice.rocketmq.wire.WireException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes messages of the lite topics that a client has subscribed to ({@link
 * RequestCode#POP_LITE_MESSAGE}, 5.5). Each lite topic is consumed in order.
 *
 * @param brokerName the broker that is asked; part of the handles, not sent
 * @param group the consumer group, which is bound to the topic
 * @param topic the topic that the lite topics are of
 * @param clientId the client, by the name that it subscribed by
 * @param maxMessages how many messages at most, 1 to 32
 * @param invisibleMillis how long they stay invisible
 * @param pollMillis how long the broker waits for messages; 0 answers at once
 * @param attemptId names this pop, so that its repetition gets the same messages; or null
 */
public record PopLiteMessage(
    String brokerName,
    String group,
    String topic,
    String clientId,
    int maxMessages,
    long invisibleMillis,
    long pollMillis,
    @Nullable String attemptId)
    implements Request<PopReply> {

  @Override
  public int code() {
    return RequestCode.POP_LITE_MESSAGE;
  }

  @Override
  public void writeFields(FieldWriter out) {
    out.field("clientId", clientId)
        .field("consumerGroup", group)
        .field("topic", topic)
        .field("maxMsgNum", maxMessages)
        .field("invisibleTime", invisibleMillis)
        .field("pollTime", pollMillis)
        // The broker puts its own clock's time in.
        .field("bornTime", 0)
        .field("attemptId", attemptId);
  }

  @Override
  public PopReply read(RemotingCommand response) {
    return switch (response.code()) {
      case ResponseCode.SUCCESS -> found(response);
      case ResponseCode.PULL_NOT_FOUND, ResponseCode.POLLING_TIMEOUT ->
          new PopReply(PopReply.Status.NOT_FOUND, List.of(), 0);
      case ResponseCode.POLLING_FULL -> new PopReply(PopReply.Status.POLLING_FULL, List.of(), 0);
      default -> throw new RefusedException(code(), response.code(), response.remark());
    };
  }

  private PopReply found(RemotingCommand response) {
    Fields fields = response.fields();
    long popTime = fields.requireLong("popTime");
    long invisible = fields.requireLong("invisibleTime");
    int reviveQueueId = fields.requireInt("reviveQid");
    List<StoredMessage> messages = StoredMessages.decode(response.body());
    List<Integer> before = timesBefore(fields.get("orderCountInfo"), messages.size());
    List<PoppedMessage> popped = new ArrayList<>(messages.size());
    for (int i = 0; i < messages.size(); i++) {
      StoredMessage message = messages.get(i);
      String liteTopic = message.property(PropertyNames.LITE_TOPIC);
      if (liteTopic == null || !PopHandle.isLiteTopic(liteTopic)) {
        throw WireException.malformed(
            "lite topic of message " + message.messageId() + ": " + liteTopic);
      }
      PopHandle handle =
          new PopHandle(
              0,
              popTime,
              invisible,
              reviveQueueId,
              TopicKind.NORMAL,
              brokerName,
              0,
              offset(message),
              liteTopic);
      popped.add(
          new PoppedMessage(message, topic, handle, PoppedMessage.attemptAfter(before.get(i))));
    }
    return new PopReply(
        popped.isEmpty() ? PopReply.Status.NOT_FOUND : PopReply.Status.FOUND, popped, 0);
  }

  /** Where the message is in its lite topic, which the broker keeps beside the topic's queues. */
  static long offset(StoredMessage message) {
    String text = message.property(PropertyNames.LITE_OFFSET);
    try {
      return Long.parseLong(String.valueOf(text));
    } catch (NumberFormatException e) {
      throw WireException.malformed(
          "offset of message "
              + message.messageId()
              + " in its lite topic: "
              + text
              + " (expected: one number)",
          e);
    }
  }

  /** One count for each message, alone or behind a queue and an offset. */
  private static List<Integer> timesBefore(@Nullable String text, int messages) {
    List<Integer> times = new ArrayList<>(messages);
    String[] parts = text == null ? new String[0] : text.split(";", -1);
    for (int i = 0; i < messages; i++) {
      int count = 0;
      if (parts.length == messages) {
        String last = parts[i].substring(parts[i].lastIndexOf(' ') + 1);
        try {
          count = Math.max(0, Integer.parseInt(last));
        } catch (NumberFormatException e) {
          count = 0;
        }
      }
      times.add(count);
    }
    return times;
  }
}
