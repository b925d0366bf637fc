package dev.sluice.gateway.upstreams;

import java.time.Duration;

/** Bounds of settings, and durations as text. */
public final class Checks {

  private Checks() {}

  static void between(String name, long value, long low, long high) {
    if (value < low || value > high) {
      throw new IllegalArgumentException(
          name + ": " + value + " (expected: " + low + " to " + high + ")");
    }
  }

  static void between(String name, Duration value, Duration low, Duration high) {
    if (value.compareTo(low) < 0 || value.compareTo(high) > 0) {
      throw new IllegalArgumentException(
          name + ": " + text(value) + " (expected: " + text(low) + " to " + text(high) + ")");
    }
  }

  /** As people write it in a setting: {@code 100ms}, {@code 30s}, {@code 12h}. */
  public static String text(Duration duration) {
    if (duration.toMillis() % 1000 != 0) {
      return duration.toMillis() + "ms";
    }
    long seconds = duration.toSeconds();
    if (seconds != 0 && seconds % 3600 == 0) {
      return seconds / 3600 + "h";
    }
    return seconds + "s";
  }
}
