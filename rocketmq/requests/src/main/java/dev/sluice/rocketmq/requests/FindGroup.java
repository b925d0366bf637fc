package dev.sluice.rocketmq.requests;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.sluice.rocketmq.wire.FieldWriter;
import dev.sluice.rocketmq.wire.LenientJson;
import dev.sluice.rocketmq.wire.RemotingCommand;
import dev.sluice.rocketmq.wire.Request;
import dev.sluice.rocketmq.wire.RequestCode;
import java.io.IOException;
import java.util.Optional;

/**
 * Looks for a consumer group's configuration among those of all groups ({@link
 * RequestCode#GET_ALL_SUBSCRIPTIONGROUP_CONFIG}): 4.x brokers know no {@link GetGroup}. Makes no
 * group; the answer is empty where there is none.
 */
public record FindGroup(String group) implements Request<Optional<GroupConfig>> {
  @Override
  public int code() {
    return RequestCode.GET_ALL_SUBSCRIPTIONGROUP_CONFIG;
  }

  @Override
  public void writeFields(FieldWriter out) {}

  @Override
  public Optional<GroupConfig> read(RemotingCommand response) {
    return LenientJson.object("groups", response.requireSuccess(code()).body(), this::find);
  }

  private Optional<GroupConfig> find(JsonParser in) throws IOException {
    Optional<GroupConfig> found = Optional.empty();
    for (String name = LenientJson.nextMember(in);
        name != null;
        name = LenientJson.nextMember(in)) {
      if (!name.equals("subscriptionGroupTable")
          || !LenientJson.starts(JsonToken.START_OBJECT, name, in)) {
        in.skipChildren();
        continue;
      }
      for (String each = LenientJson.nextMember(in);
          each != null;
          each = LenientJson.nextMember(in)) {
        if (each.equals(group) && LenientJson.starts(JsonToken.START_OBJECT, each, in)) {
          found = Optional.of(GroupConfig.read(in));
        } else {
          in.skipChildren();
        }
      }
    }
    return found;
  }
}
