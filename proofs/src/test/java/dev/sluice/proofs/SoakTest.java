package dev.sluice.proofs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.engines.SharedEngine;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The short form of the soak. */
class SoakTest {

  @TempDir Path out;

  @Test
  void aMinuteWithCarelessClientsLeavesNothingBehindAndLosesNothing() {
    int exit =
        new CommandLine(new Soak())
            .execute(
                "--duration=60s",
                "--lives=5",
                "--upstream=" + SharedEngine.rocketmq5().nameServerAddress(),
                "--out=" + out);

    assertThat(exit).as("what was found is printed above").isZero();
    assertThat(out.resolve("soak.csv")).isNotEmptyFile();
    assertThat(out.resolve("soak.svg")).content().contains("heap after gc mb", "<polyline");
  }
}
