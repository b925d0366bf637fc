package dev.sluice.eventbus.dispatch.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** Two threads close: both get the same clean report, and nothing is open. */
@JCStressTest
@Outcome(id = "1, 1, 0", expect = ACCEPTABLE, desc = "closed once")
@State
public class CloseAgainstClose {

  private final Bench bench = new Bench(1, 10);
  private final Deadline deadline = Deadline.after(Duration.ofSeconds(10));
  private @Nullable CompletableFuture<CloseReport> first;
  private @Nullable CompletableFuture<CloseReport> second;

  /** Has an item handled. */
  public CloseAgainstClose() {
    bench.offer(0, "a", "");
    bench.runOne();
  }

  /** Closes. */
  @Actor
  public void one() {
    first = bench.dispatcher.closeAsync(deadline).toCompletableFuture();
  }

  /** Closes too. */
  @Actor
  public void other() {
    second = bench.dispatcher.closeAsync(deadline).toCompletableFuture();
  }

  /** Looks at what came of it. */
  @Arbiter
  public void look(III_Result result) {
    CloseReport one = Objects.requireNonNull(first).getNow(null);
    CloseReport other = Objects.requireNonNull(second).getNow(null);
    result.r1 = one != null && one.clean() ? 1 : 0;
    result.r2 = Objects.equals(one, other) ? 1 : 0;
    result.r3 = (int) bench.ledger.open("handler");
  }
}
