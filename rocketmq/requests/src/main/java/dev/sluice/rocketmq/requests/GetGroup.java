package dev.sluice.rocketmq.requests;

import dev.sluice.rocketmq.wire.FieldWriter;
import dev.sluice.rocketmq.wire.RemotingCommand;
import dev.sluice.rocketmq.wire.Request;
import dev.sluice.rocketmq.wire.RequestCode;
import dev.sluice.rocketmq.wire.ResponseCode;

/**
 * Asks a broker for a consumer group's configuration ({@link
 * RequestCode#GET_SUBSCRIPTIONGROUP_CONFIG}, 5.x). A broker that makes groups on first use makes
 * the group by this; others refuse with {@link ResponseCode#SUBSCRIPTION_GROUP_NOT_EXIST}.
 */
public record GetGroup(String group) implements Request<GroupConfig> {
  @Override
  public int code() {
    return RequestCode.GET_SUBSCRIPTIONGROUP_CONFIG;
  }

  @Override
  public void writeFields(FieldWriter out) {
    out.field("group", group);
  }

  @Override
  public GroupConfig read(RemotingCommand response) {
    return GroupConfig.parse(response.requireSuccess(code()).body());
  }
}
