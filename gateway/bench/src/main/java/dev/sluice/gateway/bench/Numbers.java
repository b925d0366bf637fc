package dev.sluice.gateway.bench;

import java.util.Locale;

/** Numbers as reports show them, the same in every country. */
final class Numbers {
  private Numbers() {}

  /** A whole number, with a comma at thousands. */
  static String count(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  /** A rate: whole numbers from 100 on. */
  static String rate(double perSecond) {
    return String.format(Locale.ROOT, perSecond < 100 ? "%.1f" : "%,.0f", perSecond);
  }

  /** Milliseconds, with about three digits that mean something. */
  static String millis(double millis) {
    return String.format(
        Locale.ROOT, millis < 10 ? "%.3f" : millis < 100 ? "%.2f" : "%,.1f", millis);
  }

  /** Seconds. */
  static String seconds(double seconds) {
    return String.format(Locale.ROOT, "%.1f", seconds);
  }

  /** A number as short as it can be: {@code 4000}, {@code 0.5}. */
  static String plain(double value) {
    return value == Math.rint(value)
        ? String.format(Locale.ROOT, "%.0f", value)
        : Double.toString(value);
  }
}
