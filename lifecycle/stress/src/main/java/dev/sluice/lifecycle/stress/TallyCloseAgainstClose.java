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

/** Two threads close one tally: one of them is told what was left, and it is counted once. */
@JCStressTest
@Outcome(id = "2, 0, 2", expect = ACCEPTABLE, desc = "the one closed it")
@Outcome(id = "0, 2, 2", expect = ACCEPTABLE, desc = "the other closed it")
@State
public class TallyCloseAgainstClose {

  private final Ledger ledger = Ledger.create();
  private final Tally tally = ledger.tally("permit", "test");

  /** Leaves two. */
  public TallyCloseAgainstClose() {
    tally.add(2);
  }

  /** Closes. */
  @Actor
  public void one(JJJ_Result result) {
    result.r1 = tally.close();
  }

  /** Closes too. */
  @Actor
  public void other(JJJ_Result result) {
    result.r2 = tally.close();
  }

  /** Counts. */
  @Arbiter
  public void count(JJJ_Result result) {
    result.r3 = ledger.leaks("permit");
  }
}
