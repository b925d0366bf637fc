package dev.sluice.rocketmq.requests;

import dev.sluice.rocketmq.wire.FieldWriter;
import dev.sluice.rocketmq.wire.RemotingCommand;
import dev.sluice.rocketmq.wire.Request;
import dev.sluice.rocketmq.wire.RequestCode;

/**
 * Has the broker that stores a message put a copy of it into the group's retry topic, from where it
 * comes again after a delay, or into its dead-letter topic ({@link
 * RequestCode#CONSUMER_SEND_MSG_BACK}).
 *
 * @param group the consumer group
 * @param topic the topic that the message was sent to
 * @param messageId the message's id, which its copies keep
 * @param commitLogOffset where the broker has it
 * @param delayLevel 1 to 18; 0 for the broker's choice, which grows with the attempts; below 0 for
 *     the dead-letter topic at once
 * @param maxReconsumeTimes after how many repetitions it goes to the dead-letter topic
 */
public record SendBack(
    String group,
    String topic,
    String messageId,
    long commitLogOffset,
    int delayLevel,
    int maxReconsumeTimes)
    implements Request<Done> {

  /** {@link #delayLevel()} for what shall not come again. */
  public static final int DEAD = -1;

  @Override
  public int code() {
    return RequestCode.CONSUMER_SEND_MSG_BACK;
  }

  @Override
  public void writeFields(FieldWriter out) {
    out.field("offset", commitLogOffset)
        .field("group", group)
        .field("delayLevel", delayLevel)
        .field("originMsgId", messageId)
        .field("originTopic", topic)
        .field("unitMode", false)
        .field("maxReconsumeTimes", maxReconsumeTimes);
  }

  @Override
  public Done read(RemotingCommand response) {
    response.requireSuccess(code());
    return Done.DONE;
  }
}
