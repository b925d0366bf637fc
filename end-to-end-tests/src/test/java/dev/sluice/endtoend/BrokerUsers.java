package dev.sluice.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;

import dev.sluice.rocketmq.requests.Done;
import dev.sluice.rocketmq.wire.FieldWriter;
import dev.sluice.rocketmq.wire.RemotingCommand;
import dev.sluice.rocketmq.wire.Request;
import io.netty.buffer.ByteBuf;
import java.util.List;

/**
 * What a broker with access control is told of its users.
 *
 * @param code of the request
 * @param field that names the user
 * @param name the user, as the field has it
 * @param json what is told
 */
record BrokerUsers(int code, String field, String name, String json) implements Request<Done> {

  private static final int CREATE_USER = 3001;
  private static final int CREATE_ACL = 3006;

  /** A user who may do nothing yet. */
  static BrokerUsers user(String name, String secret) {
    return new BrokerUsers(
        CREATE_USER,
        "username",
        name,
        "{\"username\":\"%s\",\"password\":\"%s\",\"userType\":\"Normal\"}"
            .formatted(name, secret));
  }

  /** What it may do. */
  static BrokerUsers rights(String name, List<String> resources, List<String> actions) {
    String allowed = actions.stream().map(action -> '"' + action + '"').collect(joining(","));
    String entries =
        resources.stream()
            .map(
                resource ->
                    "{\"resource\":\"%s\",\"actions\":[%s],\"decision\":\"Allow\"}"
                        .formatted(resource, allowed))
            .collect(joining(","));
    return new BrokerUsers(
        CREATE_ACL,
        "subject",
        "User:" + name,
        "{\"subject\":\"User:%s\",\"policies\":[{\"policyType\":\"Custom\",\"entries\":[%s]}]}"
            .formatted(name, entries));
  }

  @Override
  public void writeFields(FieldWriter out) {
    out.field(field, name);
  }

  @Override
  public int bodyLength() {
    return json.getBytes(UTF_8).length;
  }

  @Override
  public void writeBody(ByteBuf out) {
    out.writeBytes(json.getBytes(UTF_8));
  }

  @Override
  public Done read(RemotingCommand response) {
    response.requireSuccess(code);
    return Done.DONE;
  }
}
