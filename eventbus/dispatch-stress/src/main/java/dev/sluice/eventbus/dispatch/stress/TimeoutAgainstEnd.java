package dev.sluice.eventbus.dispatch.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * A handler's time is over while it ends: it was handled or it failed, and what its thread does
 * afterwards is not interrupted.
 */
@JCStressTest
@Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "handled")
@Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "its time was over")
@State
public class TimeoutAgainstEnd {

  private final Bench bench = new Bench(1, 10);

  /** Offers one item, which starts. */
  public TimeoutAgainstEnd() {
    bench.offer(0, "a", "");
  }

  /** Handles it. */
  @Actor
  public void handle() {
    bench.runOne();
    if (Thread.interrupted()) {
      bench.interrupted.incrementAndGet();
    }
  }

  /** Looks whose time is over. */
  @Actor
  public void timeOut() {
    bench.timers.remove().run();
  }

  /** Looks at what came of it. */
  @Arbiter
  public void look(II_Result result) {
    result.r1 = bench.resolved.get();
    result.r2 = bench.interrupted.get();
  }
}
