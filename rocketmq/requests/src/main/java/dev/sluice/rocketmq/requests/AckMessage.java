package dev.sluice.rocketmq.requests;

import dev.sluice.rocketmq.wire.FieldWriter;
import dev.sluice.rocketmq.wire.RemotingCommand;
import dev.sluice.rocketmq.wire.Request;
import dev.sluice.rocketmq.wire.RequestCode;

/**
 * Acknowledges one popped message ({@link RequestCode#ACK_MESSAGE}, 5.x). The broker answers
 * success for handles that are void, expired or invented, too.
 *
 * @param group the consumer group
 * @param topic the topic that was asked for when popping
 * @param handle the message's newest handle
 */
public record AckMessage(String group, String topic, PopHandle handle) implements Request<Done> {
  @Override
  public int code() {
    return RequestCode.ACK_MESSAGE;
  }

  @Override
  public void writeFields(FieldWriter out) {
    out.field("consumerGroup", group)
        .field("topic", handle.kind().storedTopic(topic, group))
        .field("queueId", handle.queueId())
        .field("extraInfo", handle.forBroker())
        .field("offset", handle.queueOffset())
        .field("liteTopic", handle.liteTopic());
  }

  @Override
  public Done read(RemotingCommand response) {
    response.requireSuccess(code());
    return Done.DONE;
  }
}
