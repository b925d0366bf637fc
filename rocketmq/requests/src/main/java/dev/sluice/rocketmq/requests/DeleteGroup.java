package dev.sluice.rocketmq.requests;

import dev.sluice.rocketmq.wire.FieldWriter;
import dev.sluice.rocketmq.wire.RemotingCommand;
import dev.sluice.rocketmq.wire.Request;
import dev.sluice.rocketmq.wire.RequestCode;

/**
 * Deletes a consumer group on a broker; one that is not there is deleted.
 *
 * @param withOffsets whether what it has consumed is forgotten too
 */
public record DeleteGroup(String group, boolean withOffsets) implements Request<Done> {

  @Override
  public int code() {
    return RequestCode.DELETE_SUBSCRIPTIONGROUP;
  }

  @Override
  public void writeFields(FieldWriter out) {
    out.field("groupName", group).field("cleanOffset", withOffsets);
  }

  @Override
  public Done read(RemotingCommand response) {
    response.requireSuccess(code());
    return Done.DONE;
  }
}
