package dev.sluice.proofs;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The short form of the chaos. */
class ChaosTest {

  @Test
  void whatIsAcceptedArrivesInOrderWhateverIsKilledFrozenOrCut() {
    int exit = new CommandLine(new Chaos()).execute("--duration=30s");

    assertThat(exit).as("what was found is printed above").isZero();
  }
}
