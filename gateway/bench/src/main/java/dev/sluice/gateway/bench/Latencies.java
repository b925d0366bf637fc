package dev.sluice.gateway.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** How long messages took: exact to a thousandth of each value. Nothing is added any more. */
public final class Latencies {
  /** Points of {@link #curve} for each halving of what is left to 100 %. */
  private static final int POINTS = 5;

  private static final double MILLISECOND = TimeUnit.MILLISECONDS.toNanos(1);

  private final Histogram nanos;

  Latencies(Histogram nanos) {
    this.nanos = nanos;
  }

  /** A point of the curve: so many percent took no longer than that. */
  record Point(double percentile, double millis) {}

  /** How many. */
  public long count() {
    return nanos.getTotalCount();
  }

  /** What so many percent were not above, in milliseconds; 0 where there are none. */
  public double percentile(double percent) {
    return nanos.getTotalCount() == 0 ? 0 : nanos.getValueAtPercentile(percent) / MILLISECOND;
  }

  /** The longest, in milliseconds; 0 where there are none. */
  public double max() {
    return nanos.getMaxValue() / MILLISECOND;
  }

  /** In milliseconds; 0 where there are none. */
  double mean() {
    return nanos.getTotalCount() == 0 ? 0 : nanos.getMean() / MILLISECOND;
  }

  /** From the least to the most, closer together towards the most. */
  List<Point> curve() {
    List<Point> points = new ArrayList<>();
    for (var value : nanos.percentiles(POINTS)) {
      points.add(
          new Point(
              value.getPercentileLevelIteratedTo(), value.getValueIteratedTo() / MILLISECOND));
    }
    return points;
  }
}
