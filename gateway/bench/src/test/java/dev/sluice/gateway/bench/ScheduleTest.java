package dev.sluice.gateway.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleTest {
  private static final long SECOND = 1_000_000_000;
  private static final long START = Long.MAX_VALUE - SECOND; // Such times may overflow.

  @Test
  void theMessagesOfAllConnectionsTogetherAreDueAtEqualIntervals() {
    List<Long> due = new ArrayList<>();
    for (int connection = 0; connection < 3; connection++) {
      Schedule schedule = new Schedule(START, START, 1_000, connection, 3);
      for (int i = 0; i < 4; i++) {
        due.add(schedule.due(START) - START);
        schedule.begun();
      }
    }

    assertThat(due.stream().sorted())
        .containsExactlyElementsOf(
            java.util.stream.LongStream.range(0, 12).map(i -> i * 1_000_000).boxed().toList());
  }

  @Test
  void noErrorAddsUp() {
    Schedule schedule = new Schedule(0, 0, 3, 0, 1);

    for (int i = 0; i < 3 * 3600; i++) {
      schedule.begun();
    }

    assertThat(schedule.due(0)).isEqualTo(3600 * SECOND);
  }

  @Test
  void whatIsLateStaysDueWhenItWas() {
    Schedule schedule = new Schedule(0, 0, 10, 0, 1);

    assertThat(schedule.due(5 * SECOND)).isZero();
    schedule.begun();
    assertThat(schedule.due(5 * SECOND)).isEqualTo(SECOND / 10);
  }

  @ParameterizedTest
  @ValueSource(longs = {SECOND, SECOND + 1, SECOND * 3 / 2})
  void whatTheWarmUpLeavesLateIsLeftOutWhenMessagesCount(long now) {
    Schedule schedule = new Schedule(0, SECOND, 10, 0, 1);

    assertThat(schedule.due(SECOND - 1)).as("during the warm-up").isZero();
    assertThat(schedule.due(now)).as("after it").isEqualTo(SECOND);
    schedule.begun();
    assertThat(schedule.due(now)).isEqualTo(SECOND + SECOND / 10);
  }

  @Test
  void whatHasBegunBeforeItsTimeIsNotLeftOutAgain() {
    Schedule schedule = new Schedule(0, SECOND, 10, 0, 1);
    for (int i = 0; i < 10; i++) {
      schedule.due(SECOND - 1);
      schedule.begun();
    }

    assertThat(schedule.due(SECOND)).isEqualTo(SECOND);
  }

  @Test
  void whatHasNotBegunIsTold() {
    Schedule schedule = new Schedule(0, 0, 10, 0, 1);
    schedule.due(0);
    schedule.begun();
    List<Long> missed = new ArrayList<>();

    schedule.missed(
        SECOND / 2,
        (due, count) -> {
          assertThat(count).isEqualTo(1);
          missed.add(due);
        });

    assertThat(missed)
        .containsExactly(SECOND / 10, 2 * SECOND / 10, 3 * SECOND / 10, 4 * SECOND / 10);
  }

  @Test
  void manyThatHaveNotBegunAreToldInGroups() {
    Schedule schedule = new Schedule(0, 0, 1_000_000, 0, 1);
    List<Long> counts = new ArrayList<>();

    schedule.missed(10 * SECOND, (due, count) -> counts.add(count));

    assertThat(counts).hasSizeLessThan(20_000);
    assertThat(counts.stream().mapToLong(Long::longValue).sum()).isEqualTo(10_000_000);
  }
}
