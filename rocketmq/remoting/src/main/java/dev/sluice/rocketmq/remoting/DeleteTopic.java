package dev.sluice.rocketmq.remoting;

import dev.sluice.rocketmq.requests.Done;
import dev.sluice.rocketmq.wire.FieldWriter;
import dev.sluice.rocketmq.wire.RemotingCommand;
import dev.sluice.rocketmq.wire.Request;
import dev.sluice.rocketmq.wire.ResponseCode;

/**
 * Deletes a topic on a broker, or its route on a name server. One that is not there is deleted.
 *
 * @param topic the topic
 * @param code {@link dev.sluice.rocketmq.wire.RequestCode#DELETE_TOPIC_IN_BROKER} or {@link
 *     dev.sluice.rocketmq.wire.RequestCode#DELETE_TOPIC_IN_NAMESRV}
 */
record DeleteTopic(String topic, int code) implements Request<Done> {

  @Override
  public void writeFields(FieldWriter out) {
    out.field("topic", topic);
  }

  @Override
  public Done read(RemotingCommand response) {
    if (response.code() != ResponseCode.TOPIC_NOT_EXIST) {
      response.requireSuccess(code);
    }
    return Done.DONE;
  }
}
