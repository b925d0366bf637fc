package dev.sluice.rocketmq.requests;

import com.fasterxml.jackson.core.JsonParser;
import dev.sluice.rocketmq.wire.FieldWriter;
import dev.sluice.rocketmq.wire.LenientJson;
import dev.sluice.rocketmq.wire.RemotingCommand;
import dev.sluice.rocketmq.wire.Request;
import dev.sluice.rocketmq.wire.RequestCode;
import dev.sluice.rocketmq.wire.ResponseCode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Asks a broker for the client ids of a consumer group's members ({@link
 * RequestCode#GET_CONSUMER_LIST_BY_GROUP}), as each member does to share the queues; none for a
 * group that nobody is a member of.
 *
 * @param group the group
 */
public record GroupMemberIds(String group) implements Request<List<String>> {

  /** What brokers say of a group without members; they have no code for it. */
  private static final String NOBODY = "no consumer for this group";

  @Override
  public int code() {
    return RequestCode.GET_CONSUMER_LIST_BY_GROUP;
  }

  @Override
  public void writeFields(FieldWriter out) {
    out.field("consumerGroup", group);
  }

  @Override
  public List<String> read(RemotingCommand response) {
    String remark = response.remark();
    if (response.code() == ResponseCode.SYSTEM_ERROR
        && remark != null
        && remark.startsWith(NOBODY)) {
      return List.of();
    }
    return LenientJson.object(
        "group member ids", response.requireSuccess(code()).body(), GroupMemberIds::ids);
  }

  private static List<String> ids(JsonParser in) throws IOException {
    List<String> ids = new ArrayList<>();
    for (String name = LenientJson.nextMember(in);
        name != null;
        name = LenientJson.nextMember(in)) {
      if (name.equals("consumerIdList")) {
        LenientJson.texts(name, in, ids);
      } else {
        in.skipChildren();
      }
    }
    return ids;
  }
}
