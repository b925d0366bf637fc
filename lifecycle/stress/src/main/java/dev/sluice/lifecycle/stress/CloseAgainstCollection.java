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

/**
 * An entry is closed while the collector finds its resource and another thread sweeps. Whoever is
 * first, it was closed: nothing is open, and nothing has leaked.
 */
@JCStressTest
@Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "closed, and no leak")
@State
public class CloseAgainstCollection {

  private final Ledger ledger = Ledger.create();
  private final Object resource = new Object();
  private final Tracked entry = ledger.track("session", "test", resource);

  /** Closes. */
  @Actor
  public void close() {
    entry.close();
  }

  /** Does what the collector does, and sweeps. */
  @Actor
  public void collect() {
    // An entry is a reference to its resource, which is how it is found.
    boolean unused = ((Reference<?>) entry).enqueue();
    ledger.sweep();
  }

  /** Counts. */
  @Arbiter
  public void count(JJ_Result result) {
    result.r1 = ledger.open("session");
    result.r2 = ledger.leaks("session");
  }
}
