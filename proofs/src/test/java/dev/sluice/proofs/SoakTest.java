package dev.sluice.proofs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.engines.RocketMQEngine;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The short form of the soak. */
class SoakTest {

  @TempDir Path out;
  @TempDir Path data;

  @Test
  void aMinuteWithCarelessClientsLeavesNothingBehindAndLosesNothing() throws Exception {
    // A broker of its own: its clients are counted, whoever they belong to.
    try (RocketMQEngine engine = RocketMQEngine.in(data).quickStart().heapMegabytes(512).start()) {
      Soak soak =
          CommandLine.populateCommand(
              new Soak(),
              "--duration=60s",
              "--lives=5",
              "--upstream=" + engine.nameServerAddress(),
              "--out=" + out);

      assertThat(soak.findings()).as("seed %d", soak.seed).isEmpty();
    }
    assertThat(out.resolve("soak.csv")).isNotEmptyFile();
    assertThat(out.resolve("soak.svg")).content().contains("heap after gc mb", "<polyline");
  }
}
