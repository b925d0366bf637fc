package dev.sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The embedded engine is the gateway's own: it keeps its data, and never outlives it. */
class EngineOwnershipTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path data;

  @Test
  void theEngineGoesWithAKilledGatewayAndItsMessagesAreThereAfterwards() throws Exception {
    // given a message that nobody has received, and a gateway that is killed
    List<ProcessHandle> engine;
    try (RunningGateway first = RunningGateway.embedded(data);
        Child waiting =
            Child.node("receive.js", first.grpc(), "", "kept", "late", "1000", "keep")) {
      waiting.awaitLine(PATIENCE, "ready"::equals);
      waiting.kill();
      try (Child sender = Child.node("send.js", first.grpc(), "", "kept", "3")) {
        assertThat(sender.awaitExit(PATIENCE)).as(sender.output().toString()).isZero();
        assertThat(sender.output().after("accepted")).hasSize(3);
      }
      engine = first.process().handle().descendants().toList();
      assertThat(engine).isNotEmpty();
      first.process().kill();
    }
    await("the engine's end")
        .atMost(PATIENCE)
        .until(() -> engine.stream().noneMatch(ProcessHandle::isAlive));

    // when, then
    try (RunningGateway second = RunningGateway.embedded(data);
        Child receiver = Child.node("receive.js", second.grpc(), "", "kept", "late", "3")) {
      assertThat(receiver.awaitExit(PATIENCE)).as(receiver.output().toString()).isZero();
    }
  }
}
