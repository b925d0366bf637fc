package dev.sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** First light: one command, and a published SDK's messages travel into a real broker and back. */
class PublishedNodeSdkTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path data;

  @Test
  void sendsAndReceivesThroughOneCommandAndItsUsualEndpoints() throws Exception {
    try (RunningGateway gateway = RunningGateway.embedded(data)) {
      // given a consumer of a new group, and a topic that does not exist yet
      for (String endpoint : List.of("", "default", "http://" + gateway.upstream())) {
        String topic = "first-light-" + endpoint.length();
        try (Child receiver =
            Child.node("receive.js", gateway.grpc(), endpoint, topic, "light", "20")) {
          receiver.awaitLine(PATIENCE, "ready"::equals);

          // when
          try (Child sender = Child.node("send.js", gateway.grpc(), endpoint, topic, "20")) {
            assertThat(sender.awaitExit(PATIENCE)).as(sender.output().toString()).isZero();
            assertThat(sender.output().after("accepted")).hasSize(20);
          }

          // then
          assertThat(receiver.awaitExit(PATIENCE)).as(receiver.output().toString()).isZero();
          assertThat(receiver.output().after("received"))
              .containsExactlyInAnyOrderElementsOf(
                  IntStream.range(0, 20)
                      .mapToObj(i -> "message-%d blue %d 0".formatted(i, i))
                      .toList());
        }
      }

      // and the gateway tells of it
      assertThat(gateway.get("/health").statusCode()).isEqualTo(200);
      assertThat(gateway.get("/ready").statusCode()).isEqualTo(200);
      assertThat(gateway.get("/metrics").body())
          .containsPattern("\"messages_sent\"\\s*:\\s*60")
          .containsPattern("\"messages_received\"\\s*:\\s*60");

      // and ends cleanly when asked
      gateway.endsCleanly();
    }
  }
}
