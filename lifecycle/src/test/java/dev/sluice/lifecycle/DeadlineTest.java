package dev.sluice.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class DeadlineTest {

  private final ManualTime time = new ManualTime();

  @Test
  void countsDownAndStopsAtZero() {
    Deadline deadline = Deadline.after(Duration.ofSeconds(3), time);

    time.advance(Duration.ofSeconds(2));
    assertThat(deadline.remaining()).isEqualTo(Duration.ofSeconds(1));
    assertThat(deadline.isPast()).isFalse();

    time.advance(Duration.ofSeconds(2));
    assertThat(deadline.remaining()).isZero();
    assertThat(deadline.remainingNanos()).isZero();
    assertThat(deadline.isPast()).isTrue();
  }

  @Test
  void theEarlierOfTwoIsTheOneWithLessTime() {
    Deadline near = Deadline.after(Duration.ofSeconds(1), time);
    Deadline far = Deadline.after(Duration.ofSeconds(2), time);

    assertThat(far.earlier(near)).isSameAs(near);
    assertThat(near.earlier(far)).isSameAs(near);
  }

  @Test
  void aReserveIsTakenOffButNeverMoreThanIsLeft() {
    Deadline deadline = Deadline.after(Duration.ofSeconds(3), time);

    assertThat(deadline.minus(Duration.ofSeconds(1)).remaining()).isEqualTo(Duration.ofSeconds(2));
    assertThat(deadline.minus(Duration.ofSeconds(9)).remaining()).isZero();
  }

  @Test
  void forEverIsLongButDoesNotOverflow() {
    Deadline deadline = Deadline.after(Duration.ofSeconds(Long.MAX_VALUE), time);

    assertThat(deadline.remaining()).isGreaterThan(Duration.ofDays(365 * 100));
    assertThat(deadline.minus(Duration.ofSeconds(Long.MAX_VALUE)).remaining()).isZero();
  }

  @Test
  void refusesNegativeTimes() {
    assertThatThrownBy(() -> Deadline.after(Duration.ofSeconds(-1), time))
        .hasMessage("time: PT-1S (expected: >= 0)");
  }
}
