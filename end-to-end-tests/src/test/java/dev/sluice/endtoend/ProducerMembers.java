package dev.sluice.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.rocketmq.wire.FieldWriter;
import dev.sluice.rocketmq.wire.RemotingCommand;
import dev.sluice.rocketmq.wire.Request;
import dev.sluice.rocketmq.wire.ResponseCode;

/**
 * Asks a broker whom it can ask about transactions of a producer group; answers with its JSON,
 * empty where there is nobody.
 */
record ProducerMembers(String group) implements Request<String> {

  private static final int CODE = 204;

  @Override
  public int code() {
    return CODE;
  }

  @Override
  public void writeFields(FieldWriter out) {
    out.field("producerGroup", group);
  }

  @Override
  public String read(RemotingCommand response) {
    // Brokers have no code for a group that nobody is in.
    return response.code() == ResponseCode.SYSTEM_ERROR
        ? ""
        : UTF_8.decode(response.requireSuccess(CODE).body().duplicate()).toString();
  }
}
