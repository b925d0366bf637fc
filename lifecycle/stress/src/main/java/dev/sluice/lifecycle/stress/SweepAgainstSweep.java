package dev.sluice.lifecycle.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import dev.sluice.lifecycle.Ledger;
import dev.sluice.lifecycle.Tracked;
import java.lang.ref.Reference;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJ_Result;

/** Two threads sweep after a resource was collected unclosed: one leak, and nothing open. */
@JCStressTest
@Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "leaked once")
@State
public class SweepAgainstSweep {

  private final Ledger ledger = Ledger.create();
  private final Object resource = new Object();
  private final Tracked entry = ledger.track("session", "test", resource);

  /** Does what the collector does, and sweeps. */
  @Actor
  public void one() {
    boolean unused = ((Reference<?>) entry).enqueue();
    ledger.sweep();
  }

  /** Sweeps, by asking. */
  @Actor
  public void other() {
    boolean unused = ledger.isEmpty();
  }

  /** Counts. */
  @Arbiter
  public void count(JJ_Result result) {
    result.r1 = ledger.open("session");
    result.r2 = ledger.leaks("session");
  }
}
