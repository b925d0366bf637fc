package dev.sluice.lifecycle.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import dev.sluice.lifecycle.Ledger;
import dev.sluice.lifecycle.Tracked;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJ_Result;

/** Two threads close one entry of two: exactly one stays open, and nothing has leaked. */
@JCStressTest
@Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "closed once")
@State
public class CloseAgainstClose {

  private final Ledger ledger = Ledger.create();
  private final Object resource = new Object();
  private final Tracked kept = ledger.track("session", "test", resource);
  private final Tracked closed = ledger.track("session", "test", resource);

  /** Closes. */
  @Actor
  public void one() {
    closed.close();
  }

  /** Closes too. */
  @Actor
  public void other() {
    closed.close();
  }

  /** Counts. */
  @Arbiter
  public void count(JJ_Result result) {
    result.r1 = ledger.open("session");
    result.r2 = ledger.leaks("session");
    kept.close();
  }
}
