package dev.sluice.benchmarks;

import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.StagedClose;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Warmup;

/** What it costs to build and run a close of four stages, as each session's end does. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class StagedCloseBenchmark {

  private static final Duration TIME = Duration.ofSeconds(30);

  /** Every stage ends at once. */
  @Benchmark
  public CloseReport fourStagesThatEndAtOnce() {
    return StagedClose.named("session")
        .action("stop accepting", () -> {})
        .stage("drain", deadline -> CompletableFuture.completedFuture(null))
        .action("cancel", () -> {})
        .action("free", () -> {})
        .build()
        .close(Deadline.after(TIME));
  }

  /** One stage needs the timer, and ends before it. */
  @Benchmark
  public CloseReport fourStagesOfWhichOneWaits() {
    var drained = new CompletableFuture<Void>();
    var closing =
        StagedClose.named("session")
            .action("stop accepting", () -> {})
            .stage("drain", deadline -> drained)
            .action("cancel", () -> {})
            .action("free", () -> {})
            .build()
            .closeAsync(Deadline.after(TIME));
    drained.complete(null);
    return closing.toCompletableFuture().join();
  }
}
