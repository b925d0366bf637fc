package dev.sluice.eventbus.dispatch.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * An item is offered to a full flow while the one in it is resolved: it is taken, or its owner told
 * that there is room; never neither, and never both.
 */
@JCStressTest
@Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "taken")
@Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "refused, and told")
@State
public class RefusalAgainstRoom {

  private final Bench bench = new Bench(1, 1);
  private boolean taken;

  /** Offers one item, which starts and fills the flow. */
  public RefusalAgainstRoom() {
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
    taken = bench.offer(1, "b", "");
  }

  /** Looks at what came of it. */
  @Arbiter
  public void look(II_Result result) {
    result.r1 = taken ? 1 : 0;
    result.r2 = bench.rooms.get();
  }
}
