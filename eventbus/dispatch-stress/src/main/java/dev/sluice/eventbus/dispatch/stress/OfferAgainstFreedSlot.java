package dev.sluice.eventbus.dispatch.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** An item is offered while the only slot is freed by one of another key: it starts, once. */
@JCStressTest
@Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "it starts")
@State
public class OfferAgainstFreedSlot {

  private final Bench bench = new Bench(1, 10);

  /** Offers one item, which starts. */
  public OfferAgainstFreedSlot() {
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
    bench.offer(1, "b", "");
  }

  /** Looks at what came of it. */
  @Arbiter
  public void look(II_Result result) {
    result.r1 = bench.started.size();
    result.r2 = bench.dispatcher.inspect().running();
  }
}
