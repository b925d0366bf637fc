package dev.sluice.lifecycle.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import dev.sluice.lifecycle.BoundedCloseable;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.StagedClose;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IZ_Result;

/** Two threads close the same: each stage runs once, and the close ends. */
@JCStressTest
@Outcome(id = "2, true", expect = ACCEPTABLE, desc = "two stages, once each")
@State
public class StagesAgainstClosers {

  private final AtomicInteger ran = new AtomicInteger();
  private final BoundedCloseable closeable =
      StagedClose.named("test")
          .action("first", ran::incrementAndGet)
          .action("second", ran::incrementAndGet)
          .build();

  private void close() {
    closeable.closeAsync(Deadline.after(Duration.ofSeconds(10)));
  }

  /** Closes. */
  @Actor
  public void one() {
    close();
  }

  /** Closes too. */
  @Actor
  public void other() {
    close();
  }

  /** Counts. */
  @Arbiter
  public void count(IZ_Result result) {
    result.r1 = ran.get();
    result.r2 = closeable.closeAsync(Deadline.after(Duration.ZERO)).toCompletableFuture().isDone();
  }
}
