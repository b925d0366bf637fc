package dev.sluice.eventbus.dispatch.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * An item is offered while the one before it, of the same key, is resolved: the frontier never
 * passes what is not resolved, and the item starts.
 */
@JCStressTest
@Outcome(
    id = "[01], 1, 1",
    expect = ACCEPTABLE,
    desc = "the frontier is at the first or at the second")
@State
public class OfferAgainstResolve {

  private final Bench bench = new Bench(2, 10);
  private long seen;

  /** Offers one item, which starts. */
  public OfferAgainstResolve() {
    bench.offer(0, "a", "");
  }

  /** Handles it. */
  @Actor
  public void handle() {
    bench.runOne();
  }

  /** Offers another one. */
  @Actor
  public void offer() {
    bench.offer(1, "a", "");
    seen = bench.flow.frontier();
  }

  /** Looks at what came of it. */
  @Arbiter
  public void look(III_Result result) {
    result.r1 = (int) seen;
    result.r2 = (int) bench.flow.frontier();
    result.r3 = bench.started.size();
  }
}
