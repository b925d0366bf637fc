package dev.sluice.rocketmq.requests;

import dev.sluice.rocketmq.wire.FieldWriter;
import dev.sluice.rocketmq.wire.RemotingCommand;
import dev.sluice.rocketmq.wire.Request;
import dev.sluice.rocketmq.wire.RequestCode;
import dev.sluice.rocketmq.wire.ResponseCode;

/**
 * Takes back a delayed message that is not due yet ({@link RequestCode#RECALL_MESSAGE}); the answer
 * is its unique id. Brokers refuse with {@link ResponseCode#NO_PERMISSION} where they are not
 * configured to do it, which is their default, and with {@link ResponseCode#ILLEGAL_OPERATION} what
 * is due already.
 *
 * @param producerGroup the group of whoever asks
 * @param topic the message's topic
 * @param handle the handle as the broker gave it
 * @param brokerName the broker that it names
 */
public record RecallMessage(String producerGroup, String topic, String handle, String brokerName)
    implements Request<String> {

  @Override
  public int code() {
    return RequestCode.RECALL_MESSAGE;
  }

  @Override
  public void writeFields(FieldWriter out) {
    out.field("producerGroup", producerGroup)
        .field("topic", topic)
        .field("recallHandle", handle)
        .field("bname", brokerName);
  }

  @Override
  public String read(RemotingCommand response) {
    return response.requireSuccess(code()).fields().require("msgId");
  }
}
