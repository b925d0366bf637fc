package dev.sluice.testkit;

import dev.sluice.lifecycle.Ledger;
import dev.sluice.lifecycle.LedgerSnapshot;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** The question that ends a test: is everything that was opened closed? */
public final class LedgerCheck {

  /** What is right ends the wait at once; how long it is only matters to a busy machine. */
  private static final Duration PATIENCE =
      Duration.ofSeconds(Integer.getInteger("sluice.ledger.patience", 30));

  private static final Duration FIRST_PAUSE = Duration.ofMillis(5);
  private static final Duration LONGEST_PAUSE = Duration.ofMillis(200);

  private LedgerCheck() {}

  /**
   * Returns when nothing is open in the ledger, nothing leaked and nothing was released twice.
   * Waits half a minute for what closes on other threads, or as many seconds as the system property
   * {@code sluice.ledger.patience} says; what was collected unclosed is found too.
   *
   * @throws AssertionError if that does not come true, with the ledger as a table
   */
  public static void assertClean(Ledger ledger) {
    LedgerSnapshot now = ledger.snapshot();
    long end = System.nanoTime() + PATIENCE.toNanos();
    Duration pause = FIRST_PAUSE;
    while (!now.isEmpty() && System.nanoTime() - end < 0) {
      // A collection tells what nobody can close any more from what is about to be closed.
      GarbageCollection.await();
      now = ledger.snapshot();
      if (!now.isEmpty()) {
        // Whoever is to close it may need this processor.
        LockSupport.parkNanos(pause.toNanos());
        Duration longer = pause.multipliedBy(2);
        pause = longer.compareTo(LONGEST_PAUSE) < 0 ? longer : LONGEST_PAUSE;
      }
    }
    if (!now.isEmpty() || ledger.faults() != 0 || !now.isClean()) {
      throw new AssertionError("The ledger is not clean after the test:\n" + ledger.snapshot());
    }
  }
}
