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

/** A handler ends while the dispatcher closes: the close ends, and what waits does not start. */
@JCStressTest
@Outcome(id = "1, 1, 0", expect = ACCEPTABLE, desc = "closed before the next could start")
@Outcome(id = "1, 1, 1", expect = ACCEPTABLE, desc = "the next was started before")
@State
public class CloseAgainstResolve {

  private final Bench bench = new Bench(1, 10);
  private @Nullable CompletableFuture<CloseReport> closing;

  /** Offers two items, of which the first starts. */
  public CloseAgainstResolve() {
    bench.offer(0, "a", "");
    bench.offer(1, "a", "");
  }

  /** Handles it. */
  @Actor
  public void handle() {
    bench.runOne();
  }

  /** Closes. */
  @Actor
  public void close() {
    var deadline = Deadline.after(Duration.ofSeconds(10));
    closing = bench.dispatcher.closeAsync(deadline).toCompletableFuture();
  }

  /** Looks at what came of it, when all that was started has ended. */
  @Arbiter
  public void look(III_Result result) {
    result.r3 = bench.started.size();
    bench.runAll();
    CloseReport report = Objects.requireNonNull(closing).getNow(null);
    result.r1 = report != null && report.clean() ? 1 : 0;
    result.r2 = bench.resolved.get() == 1 + result.r3 ? 1 : 0;
  }
}
