package dev.sluice.rocketmq.requests;

import com.fasterxml.jackson.core.JsonParser;
import dev.sluice.rocketmq.wire.FieldWriter;
import dev.sluice.rocketmq.wire.LenientJson;
import dev.sluice.rocketmq.wire.RemotingCommand;
import dev.sluice.rocketmq.wire.Request;
import dev.sluice.rocketmq.wire.RequestCode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Asks a broker which groups consume a topic ({@link RequestCode#QUERY_TOPIC_CONSUME_BY_WHO}):
 * those that have an offset in one of its queues there, and those of whose members one is
 * subscribed to it.
 *
 * @param topic the topic
 */
public record TopicConsumers(String topic) implements Request<List<String>> {

  @Override
  public int code() {
    return RequestCode.QUERY_TOPIC_CONSUME_BY_WHO;
  }

  @Override
  public void writeFields(FieldWriter out) {
    out.field("topic", topic);
  }

  @Override
  public List<String> read(RemotingCommand response) {
    return LenientJson.object(
        "groups of a topic", response.requireSuccess(code()).body(), TopicConsumers::groups);
  }

  private static List<String> groups(JsonParser in) throws IOException {
    List<String> groups = new ArrayList<>();
    for (String name = LenientJson.nextMember(in);
        name != null;
        name = LenientJson.nextMember(in)) {
      if (name.equals("groupList")) {
        LenientJson.texts(name, in, groups);
      } else {
        in.skipChildren();
      }
    }
    return groups;
  }
}
