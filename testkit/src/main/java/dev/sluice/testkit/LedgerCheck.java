package dev.sluice.testkit;

import dev.sluice.lifecycle.Ledger;
import dev.sluice.lifecycle.LedgerSnapshot;
import java.time.Duration;

/** The question that ends a test: is everything that was opened closed? */
public final class LedgerCheck {

  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private LedgerCheck() {}

  /**
   * Returns when nothing is open in the ledger, nothing leaked and nothing was released twice.
   * Waits two seconds for what closes on other threads; what was collected unclosed is found too.
   *
   * @throws AssertionError if that does not come true, with the ledger as a table
   */
  public static void assertClean(Ledger ledger) {
    LedgerSnapshot now = ledger.snapshot();
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!now.isEmpty() && System.nanoTime() < end) {
      // A collection tells what nobody can close any more from what is about to be closed.
      GarbageCollection.await();
      now = ledger.snapshot();
    }
    if (!now.isEmpty() || ledger.faults() != 0 || !now.isClean()) {
      throw new AssertionError("The ledger is not clean after the test:\n" + ledger.snapshot());
    }
  }
}
