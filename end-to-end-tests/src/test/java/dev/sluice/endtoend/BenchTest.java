package dev.sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.rocketmq.remoting.TopicSpec.MessageType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** {@code ./sluice bench}, as a user types it, on a gateway before a real broker. */
@Execution(ExecutionMode.CONCURRENT)
class BenchTest {

  @RegisterExtension static final SharedGateway SHARED = new SharedGateway();

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @Test
  void itMeasuresFromSenderToConsumerAndDraws(@TempDir Path folder) throws Exception {
    String topic = SHARED.operator().newTopic("bench", 8, MessageType.NORMAL);
    Path picture = folder.resolve("bench.svg");

    try (Child bench =
        bench(
            topic,
            "--mode=send-receive",
            "--messages=1000",
            "--warm-up=500ms",
            "--concurrency=20",
            "--fail-rate=1",
            "--fail-errors=0",
            "--svg=" + picture)) {
      int exit = bench.awaitExit(PATIENCE);

      String told = bench.output().toString();
      assertThat(exit).as(told).isZero();
      assertThat(told)
          .containsPattern("messages +1,000 ")
          .containsPattern("failed +0")
          .containsPattern("delivery +[0-9.,]+ +[0-9.,]+ ")
          .contains("at least 1/s: met", "at most 0: met");
    }
    assertThat(Files.readString(picture)).contains("</svg>");
  }

  @Test
  void aThresholdThatIsMissedEndsWithThree() throws Exception {
    String topic = SHARED.operator().newTopic("bench-slow", 8, MessageType.NORMAL);

    try (Child bench =
        bench(topic, "--rate=50", "--duration=1s", "--warm-up=0s", "--fail-rate=100", "--json")) {
      int exit = bench.awaitExit(PATIENCE);

      assertThat(exit).as(bench.output().toString()).isEqualTo(3);
      assertThat(bench.output().toString())
          .containsPattern("sluice: rate: [0-9.]+/s \\(expected: at least 100/s\\)")
          .contains("\"ended_early\":false")
          .contains("\"met\":false");
    }
  }

  @Test
  void askedToEndItTellsTheResultSoFar() throws Exception {
    String topic = SHARED.operator().newTopic("bench-stopped", 8, MessageType.NORMAL);

    try (Child bench = bench(topic, "--mode=send-receive", "--warm-up=0s", "--duration=1h")) {
      bench.awaitLine(PATIENCE, line -> line.startsWith("1 s of 3600 "));
      // As Ctrl-C, but no shell has it ignored for what it runs in the background.
      bench.terminate();
      int exit = bench.awaitExit(PATIENCE);

      assertThat(exit).as(bench.output().toString()).isZero();
      assertThat(bench.output().toString())
          .contains("; ended early")
          .containsPattern("messages +[0-9,]+ ")
          .doesNotContain("not everything was closed");
    }
  }

  private static Child bench(String topic, String... more) throws IOException {
    var arguments = new ArrayList<String>();
    arguments.addAll(List.of("bench", "--topic", topic, "--gateway", SHARED.gateway().grpc()));
    arguments.addAll(List.of(more));
    return Child.sluice(arguments.toArray(String[]::new));
  }
}
