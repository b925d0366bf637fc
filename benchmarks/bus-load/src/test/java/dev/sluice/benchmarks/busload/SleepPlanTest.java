package dev.sluice.benchmarks.busload;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SleepPlanTest {

  @Test
  void isTheSameForAllWhoHaveItsNumbers() {
    SleepPlan plan = SleepPlan.of(1000, 7, 5000);
    SleepPlan other = SleepPlan.of(1000, 20, 5000);

    assertThat(IntStream.range(0, 1000).map(plan::micros).toArray())
        .containsExactly(IntStream.range(0, 1000).map(other::micros).toArray());
    assertThat(IntStream.range(0, 1000).map(plan::micros))
        .allMatch(micros -> micros >= 0 && micros <= 5000);
  }

  @Test
  void itsIdealIsItsLongestOrderWhereThatIsLonger() {
    SleepPlan plan = SleepPlan.of(1000, 7, 5000);
    long longest =
        IntStream.range(0, 7)
            .mapToLong(
                order ->
                    IntStream.range(0, 1000)
                        .filter(i -> i % 7 == order)
                        .mapToLong(plan::micros)
                        .sum())
            .max()
            .orElseThrow();

    assertThat(plan.idealNanos(100)).isEqualTo(1000 * longest);
  }

  @Test
  void itsIdealIsAllOfItAtATimeWhereThereAreManyOrders() {
    SleepPlan plan = SleepPlan.of(1000, SleepPlan.UNORDERED, 5000);
    long sum = IntStream.range(0, 1000).mapToLong(plan::micros).sum();

    assertThat(plan.idealNanos(10)).isEqualTo(1000 * (sum / 10));
    assertThat(plan.key(3)).isNull();
    assertThat(plan.orders()).isEqualTo(1000);
  }
}
