package dev.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.StagedClose;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class FakeClockTest {

  private final FakeClock clock = FakeClock.startingAt(1_000);
  private final List<String> ran = new ArrayList<>();

  @Test
  void standsStillUntilItIsMoved() {
    assertThat(clock.nanoTime()).isEqualTo(clock.nanoTime());
    assertThat(clock.currentTimeMillis()).isEqualTo(1_000);

    clock.advance(Duration.ofSeconds(2));

    assertThat(clock.nanoTime()).isEqualTo(Duration.ofSeconds(2).toNanos());
    assertThat(clock.currentTimeMillis()).isEqualTo(3_000);
  }

  @Test
  void runsTasksInTheOrderOfTheirTimesAndShowsThoseTimes() {
    clock.schedule(() -> ran.add("late at " + clock.currentTimeMillis()), Duration.ofMillis(20));
    clock.schedule(() -> ran.add("early at " + clock.currentTimeMillis()), Duration.ofMillis(10));
    clock.schedule(() -> ran.add("second at " + clock.currentTimeMillis()), Duration.ofMillis(10));

    clock.advance(Duration.ofMillis(15));
    assertThat(ran).containsExactly("early at 1010", "second at 1010");
    assertThat(clock.untilNext()).contains(Duration.ofMillis(5));

    clock.advance(Duration.ofMillis(5));
    assertThat(ran).hasSize(3).endsWith("late at 1020");
    assertThat(clock.pending()).isZero();
  }

  @Test
  void runsWhatATaskSchedulesInTheSameAdvance() {
    clock.schedule(
        () -> clock.schedule(() -> ran.add("second"), Duration.ofSeconds(1)),
        Duration.ofSeconds(1));

    clock.advance(Duration.ofSeconds(2));

    assertThat(ran).containsExactly("second");
  }

  @Test
  void runsADueTaskNotWhenItIsScheduledButAtTheNextAdvance() {
    clock.schedule(() -> ran.add("due"), Duration.ZERO);
    assertThat(ran).isEmpty();

    clock.advance(Duration.ZERO);

    assertThat(ran).containsExactly("due");
  }

  @Test
  void letsGoOfACancelledTask() {
    var timeout = clock.schedule(() -> ran.add("never"), Duration.ofSeconds(1));

    assertThat(timeout.cancel()).isTrue();
    assertThat(timeout.cancel()).isFalse();
    assertThat(clock.pending()).isZero();
    clock.advance(Duration.ofSeconds(2));

    assertThat(ran).isEmpty();
  }

  @Test
  void aFailingTaskFailsTheAdvance() {
    clock.schedule(
        () -> {
          throw new IllegalStateException("task");
        },
        Duration.ofSeconds(1));

    assertThatThrownBy(() -> clock.advance(Duration.ofSeconds(5))).hasMessage("task");
    assertThat(clock.nanoTime()).isEqualTo(Duration.ofSeconds(1).toNanos());
  }

  @Test
  void boundsACloseWithoutRealTime() {
    var report =
        StagedClose.named("upstream")
            .clock(clock)
            .scheduler(clock)
            .stage("drain", deadline -> new CompletableFuture<Void>())
            .build()
            .closeAsync(Deadline.after(Duration.ofSeconds(30), clock))
            .toCompletableFuture();

    clock.advance(Duration.ofSeconds(30));

    assertThat(report.join().unfinished()).containsExactly("drain");
  }
}
