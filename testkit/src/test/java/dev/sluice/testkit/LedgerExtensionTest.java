package dev.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.lifecycle.Ledger;
import dev.sluice.lifecycle.Tracked;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LedgerExtensionTest {

  private final Ledger ofConstructor;
  private Ledger ofBeforeEach = Ledger.create();

  LedgerExtensionTest(Ledger ledger) {
    this.ofConstructor = ledger;
  }

  @BeforeEach
  void take(Ledger ledger) {
    this.ofBeforeEach = ledger;
  }

  @Test
  void aTestAndItsSetUpShareOneLedger(Ledger ledger) {
    assertThat(ledger).isSameAs(ofConstructor).isSameAs(ofBeforeEach);
  }

  @Test
  void whatIsOpenAfterATestFailsIt() throws Exception {
    FailingRun run = FailingRun.of(List.of("-Dsluice.ledger.patience=3"), LeavesOpen.class);

    assertThat(run.failures()).as(run.output()).isEqualTo(4);
    assertThat(run.output())
        .contains("leavesASession", "session of a test", "leavesAPermit")
        .containsPattern("session +1 +0")
        .containsPattern("permit +3 +0")
        .contains("dropsAStream")
        .containsPattern("stream +0 +1")
        .contains("releasesTwice", "released more often than opened: 1")
        .doesNotContain("closesInTheEnd");
  }

  static class LeavesOpen {

    private final List<Object> kept = new ArrayList<>();
    private final List<Tracked> closedAfterwards = new ArrayList<>();

    @AfterEach
    void close() {
      closedAfterwards.forEach(Tracked::close);
    }

    @Test
    void leavesASession(Ledger ledger) {
      kept.add(ledger);
      kept.add(ledger.track("session", "session of a test", kept));
    }

    @Test
    void leavesAPermit(Ledger ledger) {
      var permits = ledger.tally("permit", "test");
      kept.add(permits);
      permits.add(3);
    }

    @Test
    void dropsAStream(Ledger ledger) {
      kept.add(ledger.track("stream", "test", new byte[8]));
    }

    @Test
    void releasesTwice(Ledger ledger) {
      var permits = ledger.tally("permit", "test");
      permits.add(1);
      permits.remove(1);
      permits.remove(1);
      permits.close();
    }

    @Test
    void closesInTheEnd(Ledger ledger) {
      closedAfterwards.add(ledger.track("session", "test", kept));
    }
  }
}
