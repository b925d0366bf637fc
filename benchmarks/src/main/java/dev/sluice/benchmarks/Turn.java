package dev.sluice.benchmarks;

import java.util.EnumMap;
import java.util.Map;

/**
 * What one turn showed.
 *
 * @param figures by column
 * @param failure the first failure's text, empty where there was none
 */
record Turn(Map<Column, Double> figures, String failure) {

  Turn {
    figures = Map.copyOf(figures);
  }

  double figure(Column column) {
    return figures.getOrDefault(column, Double.NaN);
  }

  /** The same with one figure more. */
  Turn with(Column column, double value) {
    Map<Column, Double> all = new EnumMap<>(Column.class);
    all.putAll(figures);
    all.put(column, value);
    return new Turn(all, failure);
  }

  static Builder builder() {
    return new Builder();
  }

  /** Collects the figures. For one thread. */
  static final class Builder {
    private final Map<Column, Double> figures = new EnumMap<>(Column.class);

    Builder with(Column column, double value) {
      figures.put(column, value);
      return this;
    }

    Turn build(String failure) {
      return new Turn(figures, failure);
    }
  }
}
