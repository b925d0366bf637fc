package dev.sluice.rocketmq.producer;

import dev.sluice.rocketmq.remoting.Broker;
import dev.sluice.rocketmq.remoting.Commands.Effect;
import dev.sluice.rocketmq.remoting.FutureReply;
import dev.sluice.rocketmq.wire.FieldWriter;
import dev.sluice.rocketmq.wire.RemotingCommand;
import dev.sluice.rocketmq.wire.Request;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** Asks a broker which producers of a group it knows, as operators do. */
public record ProducerConnections(String group) implements Request<String> {

  /** What the broker says, as JSON; nothing where it knows no producer of the group. */
  public static String of(ClusterFixture cluster, Broker broker, String group) {
    return FutureReply.await(
        reply ->
            cluster
                .remoting()
                .commands()
                .call(
                    Objects.requireNonNull(broker.master()),
                    new ProducerConnections(group),
                    Effect.READS,
                    30_000,
                    reply));
  }

  @Override
  public int code() {
    return 204;
  }

  @Override
  public void writeFields(FieldWriter out) {
    out.field("producerGroup", group);
  }

  @Override
  public String read(RemotingCommand response) {
    return StandardCharsets.UTF_8
        .decode(response.requireSuccess(code()).body().duplicate())
        .toString();
  }
}
