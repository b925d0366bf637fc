package dev.sluice.proofs;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The short form of the client library's chaos. */
class LibraryChaosTest {

  @Test
  void whatIsAcknowledgedArrivesInOrderWhateverIsKilledFrozenOrCut() throws Exception {
    LibraryChaos chaos =
        CommandLine.populateCommand(
            new LibraryChaos(), "--duration=25s", "--rest=2s", "--lasting=500ms");

    assertThat(chaos.findings()).as("seed %d", chaos.seed).isEmpty();
  }
}
