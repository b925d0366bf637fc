package dev.sluice.eventbus.dispatch.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * The dead-letter target has an item while its flow is revoked: either it is resolved, its owner
 * told and the frontier behind it, or none of these.
 */
@JCStressTest
@Outcome(id = "1, 1, 0", expect = ACCEPTABLE, desc = "stored before")
@Outcome(id = "0, 0, 1", expect = ACCEPTABLE, desc = "revoked before")
@State
public class StoredAgainstRevoke {

  private final Bench bench = new Bench(1, 10);
  private long end;

  /** Has an item fail. */
  public StoredAgainstRevoke() {
    bench.offer(0, "a", "fails");
    bench.runOne();
  }

  /** Has it stored. */
  @Actor
  public void store() {
    bench.deadLetter.complete("stored");
  }

  /** Revokes the flow. */
  @Actor
  public void revoke() {
    end = bench.flow.revoke();
  }

  /** Looks at what came of it. */
  @Arbiter
  public void look(III_Result result) {
    result.r1 = (int) end;
    result.r2 = bench.resolved.get();
    result.r3 = (int) bench.dispatcher.inspect().discarded();
  }
}
