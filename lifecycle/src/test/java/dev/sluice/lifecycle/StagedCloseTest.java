package dev.sluice.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class StagedCloseTest {

  private final ManualTime time = new ManualTime();
  private final List<String> ran = new ArrayList<>();

  private StagedClose.Builder closing() {
    return StagedClose.named("upstream").clock(time).scheduler(time);
  }

  private CompletableFuture<CloseReport> start(BoundedCloseable closeable, Duration within) {
    return closeable.closeAsync(Deadline.after(within, time)).toCompletableFuture();
  }

  @Test
  void runsItsStagesInOrderEachAfterTheEndOfTheOneBefore() {
    var drained = new CompletableFuture<Void>();
    BoundedCloseable closeable =
        closing()
            .action("stop accepting", () -> ran.add("stop accepting"))
            .stage("drain", deadline -> drained)
            .action("free", () -> ran.add("free"))
            .build();

    var report = start(closeable, Duration.ofSeconds(10));
    assertThat(ran).containsExactly("stop accepting");
    time.advance(Duration.ofSeconds(2));
    drained.complete(null);

    assertThat(ran).containsExactly("stop accepting", "free");
    assertThat(report.join().clean()).isTrue();
    assertThat(report.join().took()).isEqualTo(Duration.ofSeconds(2));
    assertThat(time.waiting()).as("timeouts left behind").isZero();
  }

  @Test
  void aStageThatOverrunsIsReportedAndTheNextStillRuns() {
    var never = new CompletableFuture<Void>();
    BoundedCloseable closeable =
        closing()
            .stage("drain", 0.8, deadline -> never)
            .action("free", () -> ran.add("free"))
            .build();

    var report = start(closeable, Duration.ofSeconds(10));
    time.advance(Duration.ofSeconds(7));
    assertThat(report).isNotDone();
    time.advance(Duration.ofSeconds(1));

    assertThat(ran).containsExactly("free");
    assertThat(report.join().unfinished()).containsExactly("drain");
    assertThat(report.join().clean()).isFalse();
    assertThat(report.join().describe()).contains("not closed cleanly", "unfinished: drain");

    never.complete(null);
    assertThat(ran).as("a late end starts nothing again").containsExactly("free");
  }

  @Test
  void endsByTheDeadlineWhenNoStageEnds() {
    BoundedCloseable closeable =
        closing()
            .stage("drain", deadline -> new CompletableFuture<Void>())
            .stage("cancel", deadline -> new CompletableFuture<Void>())
            .stage("free", deadline -> new CompletableFuture<Void>())
            .build();

    var report = start(closeable, Duration.ofSeconds(10));
    time.advance(Duration.ofSeconds(10));

    assertThat(report).isDone();
    assertThat(report.join().unfinished()).containsExactly("drain", "cancel", "free");
    assertThat(report.join().took()).isLessThan(Duration.ofSeconds(10));
  }

  @Test
  void stagesShareTheTimeInProportionHoweverShortItIs() {
    var deadlines = new ArrayList<Duration>();
    BoundedCloseable closeable =
        closing()
            .stage("drain", 0.75, deadline -> overrunning(deadline, deadlines))
            .stage("close", 0.5, deadline -> overrunning(deadline, deadlines))
            .stage("free", deadline -> overrunning(deadline, deadlines))
            .build();

    var report = start(closeable, Duration.ofSeconds(1));
    time.advance(Duration.ofSeconds(1));

    assertThat(report).isDone();
    // A twentieth is left for the report.
    assertThat(deadlines).extracting(Duration::toMillis).containsExactly(712L, 118L, 118L);
  }

  private static CompletableFuture<Void> overrunning(Deadline deadline, List<Duration> deadlines) {
    deadlines.add(deadline.remaining());
    return new CompletableFuture<>();
  }

  @Test
  void aShareIsPartOfTheTime() {
    for (double share : new double[] {0, -0.5, 1.1, Double.NaN}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> closing().stage("drain", share, deadline -> new CompletableFuture<>()))
          .withMessage("share: " + share + " (expected: > 0 and <= 1)");
    }
  }

  @Test
  void failuresAreCollectedAndStopNothing() {
    var boom = new IllegalStateException("boom");
    BoundedCloseable closeable =
        closing()
            .action(
                "throws",
                () -> {
                  throw boom;
                })
            .stage("fails", deadline -> CompletableFuture.failedFuture(boom))
            .stage(
                "fails later", deadline -> CompletableFuture.failedFuture(boom).thenApply(x -> x))
            .action("free", () -> ran.add("free"))
            .build();

    CloseReport report = start(closeable, Duration.ofSeconds(1)).join();

    assertThat(report.failures()).containsExactly(boom, boom, boom);
    assertThat(ran).containsExactly("free");
  }

  @Test
  void runsOnceAndGivesEveryCallerTheSameStage() {
    BoundedCloseable closeable = closing().action("free", () -> ran.add("free")).build();

    var first = closeable.closeAsync(Deadline.after(Duration.ofSeconds(1), time));
    var second = closeable.closeAsync(Deadline.after(Duration.ofSeconds(2), time));

    assertThat(second.equals(first)).as("the same stage").isTrue();
    assertThat(ran).containsExactly("free");
  }

  @Test
  void theReportsOfChildrenArePartOfTheParents() {
    BoundedCloseable stuck =
        StagedClose.named("stuck")
            .clock(time)
            .scheduler(time)
            .stage("drain", deadline -> new CompletableFuture<Void>())
            .build();
    BoundedCloseable fine = StagedClose.named("fine").build();
    BoundedCloseable closeable =
        closing()
            .child("one", fine)
            .stage("all", deadline -> StagedClose.closeAll(List.of(fine, stuck), deadline))
            .build();

    var report = start(closeable, Duration.ofSeconds(10));
    time.advance(Duration.ofSeconds(10));

    assertThat(report.join().children())
        .extracting(CloseReport::name)
        .containsExactly("fine", "fine", "stuck");
    assertThat(report.join().unfinished()).isEmpty();
    assertThat(report.join().clean()).isFalse();
  }

  @Test
  void withoutATimerAStageThatDoesNotEndAtOnceIsUnfinished() {
    BoundedCloseable closeable =
        closing()
            .scheduler(
                (task, delay) -> {
                  throw new RejectedExecutionException("timer is closed");
                })
            .stage("drain", deadline -> new CompletableFuture<Void>())
            .action("free", () -> ran.add("free"))
            .build();

    CloseReport report = start(closeable, Duration.ofSeconds(1)).join();

    assertThat(report.unfinished()).containsExactly("drain");
    assertThat(report.failures()).hasSize(1);
    assertThat(ran).containsExactly("free");
  }

  @Test
  void aBlockingCloseReturnsByItsDeadlineThoughAnEarlierOneHasLonger() {
    BoundedCloseable closeable =
        StagedClose.named("upstream")
            .stage("drain", deadline -> new CompletableFuture<Void>())
            .build();
    var longer = closeable.closeAsync(Deadline.after(Duration.ofMinutes(5)));

    CloseReport report = closeable.close(Deadline.after(Duration.ofMillis(20)));

    assertThat(report.clean()).isFalse();
    assertThat(report.took()).isLessThan(Duration.ofMinutes(1));
    assertThat(longer.toCompletableFuture()).isNotDone();
  }

  @Test
  void theSystemTimerEndsAStageInRealTime() {
    BoundedCloseable closeable =
        StagedClose.named("upstream")
            .stage("drain", deadline -> new CompletableFuture<Void>())
            .build();

    // The timer may be late, and then close(deadline) would not wait for it.
    CloseReport report =
        closeable.closeAsync(Deadline.after(Duration.ofMillis(400))).toCompletableFuture().join();

    assertThat(report.unfinished()).containsExactly("drain");
    assertThat(report.took()).isGreaterThanOrEqualTo(Duration.ofMillis(300));
  }

  @Test
  void anInterruptEndsTheWaitAndStaysSet() {
    BoundedCloseable closeable =
        StagedClose.named("upstream")
            .stage("drain", deadline -> new CompletableFuture<Void>())
            .build();

    Thread.currentThread().interrupt();
    CloseReport report = closeable.close(Deadline.after(Duration.ofMinutes(1)));

    assertThat(Thread.interrupted()).isTrue();
    assertThat(report.name()).isEqualTo("upstream");
    assertThat(report.failures()).singleElement().isInstanceOf(InterruptedException.class);
  }
}
