package dev.sluice.lifecycle.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.StagedClose;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** A stage ends just when its time is over: the next stage runs once, and the close ends. */
@JCStressTest
@Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "ended in time")
@Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "ended too late")
@State
public class StageEndAgainstTimeout {

  private final AtomicInteger ranNext = new AtomicInteger();
  private final CompletableFuture<Void> stage = new CompletableFuture<>();
  private volatile Runnable timeout = () -> {};
  private final CompletableFuture<CloseReport> closing;

  /** Starts the close, which then waits for its first stage. */
  public StageEndAgainstTimeout() {
    closing =
        StagedClose.named("test")
            .scheduler(
                (task, delay) -> {
                  timeout = task;
                  return () -> false;
                })
            .stage("ends", deadline -> stage)
            .action("next", ranNext::incrementAndGet)
            .build()
            .closeAsync(Deadline.after(Duration.ofSeconds(10)))
            .toCompletableFuture();
  }

  /** Ends the stage. */
  @Actor
  public void end() {
    stage.complete(null);
  }

  /** Ends its time. */
  @Actor
  public void overrun() {
    timeout.run();
  }

  /** Counts. */
  @Arbiter
  public void count(II_Result result) {
    result.r1 = ranNext.get();
    result.r2 = closing.isDone() ? closing.join().unfinished().size() : -1;
  }
}
