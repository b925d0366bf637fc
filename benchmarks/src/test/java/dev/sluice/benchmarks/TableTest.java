package dev.sluice.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Medians and ratios. */
class TableTest {

  private final Table<Peer> table = new Table<>(new SdkSends());

  private static Turn turn(double rate, double cpu) {
    return Turn.builder()
        .with(Column.RATE, rate)
        .with(Column.CPU, cpu)
        .with(Column.FAILED, 3)
        .build("");
  }

  @Test
  void theHeadHasACellForEachColumn() {
    String[] lines = table.head().split("\\R", -1);

    assertThat(lines).hasSize(2);
    assertThat(lines[0])
        .startsWith("| in flight | server | msg/s | p50 ms | p99 ms | CPU us/msg |");
    assertThat(lines[1].chars().filter(each -> each == '|').count())
        .isEqualTo(lines[0].chars().filter(each -> each == '|').count());
  }

  @Test
  void aCellIsTheMedianAndThenTheTurnsInTheirOrder() {
    String row =
        table.row(100, Peer.SLUICE, List.of(turn(300, 3.26), turn(100, 1.04), turn(200, 2)));

    assertThat(row)
        .startsWith("| 100 | SLUICE | 200 (300, 100, 200) |")
        .contains("| 2.0 (3.3, 1.0, 2.0) |");
  }

  @Test
  void ofAnEvenNumberOfTurnsTheMedianIsBetweenTheTwoInTheMiddle() {
    assertThat(table.row(100, Peer.SLUICE, List.of(turn(300, 1), turn(100, 1))))
        .contains("| 200 (300, 100) |");
  }

  @Test
  void aRatioIsThatOfTheMediansAndOnlyWhereItSaysSomething() {
    String row =
        table.ratios(
            100,
            new Workload.Ratio<>(Peer.SLUICE, Peer.APACHE),
            Map.of(
                Peer.SLUICE, List.of(turn(300, 5)),
                Peer.APACHE, List.of(turn(100, 20), turn(100, 20))));

    assertThat(row).startsWith("| 100 | SLUICE / APACHE | 3.00 |").contains("| 0.25 |");
    assertThat(row).doesNotContain("1.00");
  }
}
