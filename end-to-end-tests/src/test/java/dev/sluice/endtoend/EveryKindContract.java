package dev.sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.engines.RocketMQVersion;
import dev.sluice.engines.SharedEngine;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every method of the published SDK, unmodified, through to a real broker and back. */
abstract class EveryKindContract {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final RocketMQVersion version;

  @TempDir Path data;

  EveryKindContract(RocketMQVersion version) {
    this.version = version;
  }

  @Test
  void whateverThePublishedSdkSendsArrivesInItsOrderAndNotBeforeItsTime() throws Exception {
    String topic = "every-kind-" + UUID.randomUUID();
    try (RunningGateway gateway =
        RunningGateway.before(
            SharedEngine.of(version).nameServerAddress(),
            data,
            Map.of("INEXACT_DELAY", "round-up"))) {
      Lines output = everyKind(gateway, topic);

      assertThat(output.after("health")).containsExactly("true");
      assertThat(output.after("received"))
          .contains(
              "text plain false",
              "object plain false",
              "bare  false",
              "no-key loose false",
              "level delayed false",
              "time delayed false",
              "past delayed false",
              "transaction tx false")
          .hasSize(8 + 3 * 20)
          .doesNotHaveDuplicates();
      assertThat(output.after("order")).containsExactly(inOrder("a"), inOrder("b"), inOrder("c"));
      gateway.endsCleanly();
    }
  }

  private static Lines everyKind(RunningGateway gateway, String topic) throws Exception {
    try (Child client = Child.node("kinds.js", gateway.grpc(), topic, "kinds-" + topic)) {
      assertThat(client.awaitExit(PATIENCE)).as(client.output().toString()).isZero();
      return client.output();
    }
  }

  private static String inOrder(String key) {
    return key
        + " "
        + IntStream.range(0, 20).mapToObj(i -> key + i).collect(Collectors.joining(" "));
  }
}
