package dev.sluice.benchmarks.bus;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A Markdown table, written row by row. */
final class Rows {

  private Rows() {}

  static String head(String... titles) {
    return row(titles) + "%n|".formatted() + "---|".repeat(titles.length);
  }

  static String row(String... cells) {
    return Arrays.stream(cells).collect(Collectors.joining(" | ", "| ", " |"));
  }

  /** A number with so many decimals; empty where it is none. */
  static String number(double value, int decimals) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, "%." + decimals + "f", value) : "";
  }

  /** The median, then each turn's in their order where there are several. */
  static String turns(List<Double> values, int decimals) {
    String median = number(median(values), decimals);
    return values.size() == 1
        ? median
        : values.stream()
            .map(value -> number(value, decimals))
            .collect(Collectors.joining(", ", median + " (", ")"));
  }

  /** Of an even number, the mean of the two in the middle. */
  static double median(List<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
