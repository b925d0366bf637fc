package dev.sluice.rocketmq.requests;

import dev.sluice.rocketmq.wire.FieldWriter;
import dev.sluice.rocketmq.wire.RemotingCommand;
import dev.sluice.rocketmq.wire.Request;
import dev.sluice.rocketmq.wire.RequestCode;
import dev.sluice.rocketmq.wire.ResponseCode;

/**
 * Asks a name server where a topic lives ({@link RequestCode#GET_ROUTEINFO_BY_TOPIC}). Refused with
 * {@link ResponseCode#TOPIC_NOT_EXIST} when it knows no such topic.
 *
 * @param topic the topic
 */
public record GetRoute(String topic) implements Request<TopicRoute> {
  @Override
  public int code() {
    return RequestCode.GET_ROUTEINFO_BY_TOPIC;
  }

  @Override
  public void writeFields(FieldWriter out) {
    out.field("topic", topic).field("acceptStandardJsonOnly", true);
  }

  @Override
  public TopicRoute read(RemotingCommand response) {
    return TopicRoute.parse(response.requireSuccess(code()).body());
  }
}
