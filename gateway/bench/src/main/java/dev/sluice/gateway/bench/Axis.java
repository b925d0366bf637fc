package dev.sluice.gateway.bench;

import java.util.ArrayList;
import java.util.List;

/**
 * A scale from 0 to something above the greatest value, with marks at round numbers.
 *
 * @param end the last mark
 * @param step between two marks
 */
record Axis(double end, double step) {
  private static final double[] ROUND = {1, 2, 2.5, 5, 10};

  /**
   * One that has room for the value.
   *
   * @param marks how many, about
   */
  static Axis upTo(double greatest, int marks) {
    double most = greatest > 0 ? greatest : 1;
    double rough = most / marks;
    double power = Math.pow(10, Math.floor(Math.log10(rough)));
    double step = power * 10;
    for (double round : ROUND) {
      if (round * power >= rough) {
        step = round * power;
        break;
      }
    }
    return new Axis(Math.ceil(most / step - 1e-9) * step, step);
  }

  /** Where the marks are, 0 included. */
  List<Double> marks() {
    List<Double> marks = new ArrayList<>();
    for (int i = 0; i * step <= end * (1 + 1e-9); i++) {
      marks.add(i * step);
    }
    return marks;
  }
}
