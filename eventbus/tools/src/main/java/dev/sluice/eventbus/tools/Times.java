package dev.sluice.eventbus.tools;

import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations with their unit: {@code 500ms}, {@code 30s}, {@code 5m}, {@code 1h}. */
final class Times {
  private static final Pattern FORM = Pattern.compile("([0-9]{1,7})(ms|s|m|h)");
  private static final Map<String, Duration> UNITS =
      Map.of(
          "ms", Duration.ofMillis(1),
          "s", Duration.ofSeconds(1),
          "m", Duration.ofMinutes(1),
          "h", Duration.ofHours(1));

  private Times() {}

  /**
   * Reads one.
   *
   * @param option that it was given to, for the error
   * @throws CommandException if it is none, or out of bounds
   */
  static Duration read(String option, String text, Duration least, Duration longest) {
    Matcher form = FORM.matcher(text);
    if (form.matches()) {
      Duration unit = UNITS.getOrDefault(form.group(2), Duration.ZERO);
      Duration time = unit.multipliedBy(Long.parseLong(form.group(1)));
      if (time.compareTo(least) >= 0 && time.compareTo(longest) <= 0) {
        return time;
      }
    }
    throw CommandException.invalid(
        option, text, "a time with its unit, " + text(least) + " to " + text(longest));
  }

  static String text(Duration time) {
    if (time.toMillis() % 1000 != 0) {
      return time.toMillis() + "ms";
    }
    long seconds = time.toSeconds();
    return seconds % 3600 == 0
        ? seconds / 3600 + "h"
        : seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
  }
}
