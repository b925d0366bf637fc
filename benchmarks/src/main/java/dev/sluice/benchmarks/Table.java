package dev.sluice.benchmarks;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Turns as rows of a Markdown table: each cell the median, then every turn's in their order.
 *
 * @param <P> whose turns they are
 */
final class Table<P extends Enum<P>> {

  private final Workload<P> workload;

  Table(Workload<P> workload) {
    this.workload = workload;
  }

  String head() {
    String titles =
        workload.columns().stream().map(Column::title).collect(Collectors.joining(" | "));
    return "| %s | %s | %s |%n|---|---|%s"
        .formatted(
            workload.levelName(),
            workload.partyName(),
            titles,
            "---|".repeat(workload.columns().size()));
  }

  /** One party's row at one level. */
  String row(int level, P party, List<Turn> turns) {
    return line(
        level,
        party.toString(),
        workload.columns().stream().map(column -> cell(column, turns)).toList());
  }

  private static String cell(Column column, List<Turn> turns) {
    String median = number(median(column, turns), column.decimals());
    return turns.size() == 1
        ? median
        : turns.stream()
            .map(turn -> number(turn.figure(column), column.decimals()))
            .collect(Collectors.joining(", ", median + " (", ")"));
  }

  /** Ratios of medians, of one to another. */
  String ratios(int level, Workload.Ratio<P> ratio, Map<P, List<Turn>> turns) {
    List<Turn> ours = turns.getOrDefault(ratio.of(), List.of());
    List<Turn> theirs = turns.getOrDefault(ratio.to(), List.of());
    return line(
        level,
        ratio.of() + " / " + ratio.to(),
        workload.columns().stream()
            .map(
                column ->
                    column.isCompared()
                        ? number(median(column, ours) / median(column, theirs), 2)
                        : "")
            .toList());
  }

  /** Of an even number of turns, the mean of the two in the middle. */
  private static double median(Column column, List<Turn> turns) {
    double[] sorted = turns.stream().mapToDouble(turn -> turn.figure(column)).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  private static String line(int level, String parties, List<String> cells) {
    return "| %d | %s | %s |".formatted(level, parties, String.join(" | ", cells));
  }

  private static String number(double value, int decimals) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, "%." + decimals + "f", value) : "";
  }
}
