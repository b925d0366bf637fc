package dev.sluice.rocketmq.requests;

import dev.sluice.rocketmq.wire.FieldWriter;
import dev.sluice.rocketmq.wire.Fields;
import dev.sluice.rocketmq.wire.RefusedException;
import dev.sluice.rocketmq.wire.RemotingCommand;
import dev.sluice.rocketmq.wire.Request;
import dev.sluice.rocketmq.wire.RequestCode;
import dev.sluice.rocketmq.wire.ResponseCode;

/**
 * Sets when a popped message comes again, counted from now ({@link
 * RequestCode#CHANGE_MESSAGE_INVISIBLETIME}, 5.x). The answer is a new handle; the old one is void.
 * Refused with {@link ResponseCode#NO_MESSAGE} when an ordered message is acknowledged already.
 *
 * @param group the consumer group
 * @param topic the topic that was asked for when popping
 * @param handle the message's newest handle
 * @param invisibleMillis how long the message stays invisible from now
 */
public record ChangeInvisible(String group, String topic, PopHandle handle, long invisibleMillis)
    implements Request<PopHandle> {
  @Override
  public int code() {
    return RequestCode.CHANGE_MESSAGE_INVISIBLETIME;
  }

  @Override
  public void writeFields(FieldWriter out) {
    out.field("consumerGroup", group)
        .field("topic", handle.kind().storedTopic(topic, group))
        .field("queueId", handle.queueId())
        .field("extraInfo", handle.forBroker())
        .field("offset", handle.queueOffset())
        .field("invisibleTime", invisibleMillis)
        .field("liteTopic", handle.liteTopic());
  }

  @Override
  public PopHandle read(RemotingCommand response) {
    Fields fields = response.requireSuccess(code()).fields();
    long popTime = fields.longOr("popTime", 0);
    if (popTime == 0) {
      // An ordered queue that has gone past the message answers success, and nothing else.
      throw new RefusedException(
          code(), ResponseCode.NO_MESSAGE, "the message is acknowledged already");
    }
    return new PopHandle(
        handle.queueOffset(),
        popTime,
        fields.requireLong("invisibleTime"),
        fields.requireInt("reviveQid"),
        handle.kind(),
        handle.brokerName(),
        handle.queueId(),
        handle.queueOffset(),
        handle.liteTopic());
  }
}
