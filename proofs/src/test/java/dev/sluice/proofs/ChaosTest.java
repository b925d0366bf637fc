package dev.sluice.proofs;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The short form of the chaos. */
class ChaosTest {

  @Test
  void whatIsAcceptedArrivesInOrderWhateverIsKilledFrozenOrCut() throws Exception {
    Chaos chaos = CommandLine.populateCommand(new Chaos(), "--duration=30s");

    assertThat(chaos.findings()).as("seed %d", chaos.seed).isEmpty();
  }
}
