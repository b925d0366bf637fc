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
  void aMinuteWithCarelessClientsLeavesNothingBehindAndLosesNothing() {
    // A broker of its own: its clients are counted, whoever they belong to.
    try (RocketMQEngine engine = RocketMQEngine.in(data).quickStart().heapMegabytes(512).start()) {
      int exit =
          new CommandLine(new Soak())
              .execute(
                  "--duration=60s",
                  "--lives=5",
                  "--upstream=" + engine.nameServerAddress(),
                  "--out=" + out);

      assertThat(exit).as("what was found is printed above").isZero();
    }
    assertThat(out.resolve("soak.csv")).isNotEmptyFile();
    assertThat(out.resolve("soak.svg")).content().contains("heap after gc mb", "<polyline");
  }
}
