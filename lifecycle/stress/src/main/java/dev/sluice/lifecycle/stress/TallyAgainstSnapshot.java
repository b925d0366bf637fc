package dev.sluice.lifecycle.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import dev.sluice.lifecycle.Ledger;
import dev.sluice.lifecycle.Tally;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJJ_Result;

/**
 * A thread counts up and down while another looks: it sees a number that may be too high, by what
 * was removed meanwhile, but never one below zero, which would be taken for a fault.
 */
@JCStressTest
@Outcome(id = "0, 0, 0", expect = ACCEPTABLE, desc = "seen before or after")
@Outcome(id = "[123], 0, 0", expect = ACCEPTABLE, desc = "seen in between")
@State
public class TallyAgainstSnapshot {

  private final Ledger ledger = Ledger.create();
  private final Tally tally = ledger.tally("permit", "test");

  /** Counts up and down. */
  @Actor
  public void count() {
    tally.add(1);
    tally.remove(1);
    tally.add(2);
    tally.remove(2);
  }

  /** Looks. */
  @Actor
  public void look(JJJ_Result result) {
    result.r1 = ledger.snapshot().open("permit");
  }

  /** Looks again, when all is over. */
  @Arbiter
  public void end(JJJ_Result result) {
    result.r2 = tally.value();
    result.r3 = ledger.faults();
  }
}
