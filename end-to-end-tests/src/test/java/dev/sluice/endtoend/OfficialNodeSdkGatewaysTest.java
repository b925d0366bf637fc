package dev.sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.engines.SharedEngine;
import dev.sluice.rocketmq.remoting.TopicSpec.MessageType;
import dev.sluice.testkit.FreePort;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * A program with the official SDK for Node.js is started once and then left alone: gateways come
 * and go under its producer and its push consumer.
 */
@Execution(ExecutionMode.CONCURRENT)
class OfficialNodeSdkGatewaysTest {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Operator operator = Operator.of(nameServer());

  @TempDir Path data;

  @AfterEach
  void close() {
    operator.close();
  }

  @Test
  void aGatewayThatIsKilledAndStartedAnewServesItOn() throws Exception {
    Map<String, String> port = Map.of("GRPC_PORT", Integer.toString(FreePort.ofLoopback()));
    String topic = operator.newTopic("node-restarted", 2, MessageType.NORMAL);
    String group = operator.newGroup("node-restarted", false, 16);
    try (RunningGateway first = gateway(port);
        Child program = program(first, topic, group)) {
      exchange(program, "before", List.of(program));

      // when
      first.process().kill();
      try (RunningGateway second = gateway(port)) {

        // then
        exchange(program, "after", List.of(program));
        second.endsCleanly();
      }
    }
  }

  @Test
  void oneOfTwoGatewaysThatIsKilledTakesNothingWithIt() throws Exception {
    String topic = operator.newTopic("node-two", 2, MessageType.NORMAL);
    String group = operator.newGroup("node-two", false, 16);
    try (RunningGateway first = gateway(Map.of());
        RunningGateway second = gateway(Map.of());
        Child there = program(first, topic, group);
        Child here = program(second, topic, group)) {
      exchange(here, "both", List.of(here, there));
      exchange(there, "both again", List.of(here, there));

      first.process().kill();

      exchange(here, "one", List.of(here));
      second.endsCleanly();
    }
  }

  /** Started, and its consumer receives. */
  private static Child program(RunningGateway gateway, String topic, String group)
      throws Exception {
    Child program = Child.node("official-gateways.js", gateway.grpc(), topic, group);
    program.awaitLine(PATIENCE, "begun"::equals);
    return program;
  }

  /** One sends; each message comes to one of those who receive. */
  private static void exchange(Child sender, String phase, List<Child> receivers) throws Exception {
    List<String> bodies = IntStream.range(0, 20).mapToObj(i -> phase + " " + i).toList();

    sender.type(phase);

    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(receivers)
                    .flatExtracting(each -> each.output().after("received"))
                    .containsAll(bodies));
  }

  private RunningGateway gateway(Map<String, String> settings) throws Exception {
    return RunningGateway.before(nameServer(), data, settings);
  }

  private static String nameServer() {
    return SharedEngine.rocketmq5().nameServerAddress();
  }
}
