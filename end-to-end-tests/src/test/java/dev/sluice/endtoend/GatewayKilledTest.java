package dev.sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.engines.SharedEngine;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A gateway that dies takes nothing with it. */
class GatewayKilledTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** What the killed one holds comes again after this, instead of after a minute. */
  private static final Map<String, String> SETTINGS = Map.of("INVISIBLE_DURATION", "10s");

  @TempDir Path data;

  @Test
  void unacknowledgedMessagesComeAgainThroughAnotherGateway() throws Exception {
    String nameServer = SharedEngine.rocketmq5().nameServerAddress();
    String topic = "gateway-killed-" + UUID.randomUUID();

    // given ten deliveries that nobody has acknowledged
    try (RunningGateway first = RunningGateway.before(nameServer, data, SETTINGS);
        Child keeper = Child.node("receive.js", first.grpc(), "", topic, "heirs", "1000", "keep")) {
      keeper.awaitLine(PATIENCE, "ready"::equals);
      try (Child sender = Child.node("send.js", first.grpc(), "", topic, "10")) {
        assertThat(sender.awaitExit(PATIENCE)).as(sender.output().toString()).isZero();
      }
      await().atMost(PATIENCE).until(() -> keeper.output().after("received").size() == 10);

      // when
      first.process().kill();
    }

    // then
    try (RunningGateway second = RunningGateway.before(nameServer, data, SETTINGS);
        Child receiver = Child.node("receive.js", second.grpc(), "", topic, "heirs", "10")) {
      assertThat(receiver.awaitExit(Duration.ofSeconds(90)))
          .as(receiver.output().toString())
          .isZero();
      assertThat(receiver.output().after("received"))
          .extracting(line -> line.substring(0, line.indexOf(' ')))
          .containsAll(IntStream.range(0, 10).mapToObj(i -> "message-" + i).toList());
    }
  }
}
