package dev.sluice.gateway.server;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the value of a setting may be. */
sealed interface SettingKind {

  /** Reads a value; null where the text is none. */
  @Nullable Object read(String text);

  /** What is expected, for people. */
  String expected();

  /** How help calls the value. */
  String label();

  /**
   * A whole number.
   *
   * @param low the least allowed
   * @param high the greatest allowed
   * @param label how help calls it
   */
  record Count(int low, int high, String label) implements SettingKind {
    @Override
    public @Nullable Integer read(String text) {
      if (!text.matches("[0-9]{1,9}")) {
        return null;
      }
      int value = Integer.parseInt(text);
      return value < low || value > high ? null : Integer.valueOf(value);
    }

    @Override
    public String expected() {
      return low + " to " + high;
    }
  }

  /**
   * A length of time: numbers with units, {@code 100ms}, {@code 30s}, {@code 1m30s}, {@code 12h}.
   *
   * @param low the shortest allowed
   * @param high the longest allowed
   */
  record Time(Duration low, Duration high) implements SettingKind {
    private static final Pattern WHOLE = Pattern.compile("([0-9]{1,9}(ms|s|m|h))+");
    private static final Pattern PART = Pattern.compile("([0-9]+)(ms|s|m|h)");

    @Override
    public @Nullable Duration read(String text) {
      if (!WHOLE.matcher(text).matches()) {
        return null;
      }
      Duration value = Duration.ZERO;
      Matcher part = PART.matcher(text);
      while (part.find()) {
        long amount = Long.parseLong(part.group(1));
        value =
            value.plus(
                switch (part.group(2)) {
                  case "ms" -> Duration.ofMillis(amount);
                  case "s" -> Duration.ofSeconds(amount);
                  case "m" -> Duration.ofMinutes(amount);
                  default -> Duration.ofHours(amount);
                });
      }
      return value.compareTo(low) < 0 || value.compareTo(high) > 0 ? null : value;
    }

    @Override
    public String expected() {
      return "a duration with its unit, " + text(low) + " to " + text(high);
    }

    @Override
    public String label() {
      return "duration";
    }

    private static String text(Duration duration) {
      if (duration.toMillis() % 1000 != 0 || duration.isZero()) {
        return duration.toMillis() + "ms";
      }
      long seconds = duration.toSeconds();
      return seconds % 3600 == 0
          ? seconds / 3600 + "h"
          : seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
    }
  }

  /**
   * An amount of memory: a number with a unit, {@code 512KB}, {@code 64MB}, where 1KB is 1024
   * bytes. Read as a long, in bytes.
   *
   * @param low the least allowed, in bytes
   * @param high the most allowed, in bytes
   */
  record Size(long low, long high) implements SettingKind {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,9})(B|KB|MB|GB|TB)");
    private static final List<String> UNITS = List.of("B", "KB", "MB", "GB", "TB");

    /** The sizes between these two. */
    static Size between(String low, String high) {
      return new Size(bytes(low), bytes(high));
    }

    @Override
    public @Nullable Long read(String text) {
      long value = bytes(text);
      return value < low || value > high ? null : Long.valueOf(value);
    }

    /** -1 where it is none. */
    private static long bytes(String text) {
      Matcher form = FORM.matcher(text.toUpperCase(Locale.ROOT));
      return form.matches()
          ? Long.parseLong(form.group(1)) << (10 * UNITS.indexOf(form.group(2)))
          : -1;
    }

    @Override
    public String expected() {
      return "a size with its unit, " + text(low) + " to " + text(high);
    }

    @Override
    public String label() {
      return "size";
    }

    private static String text(long bytes) {
      int unit = 0;
      long value = bytes;
      while (value % 1024 == 0 && value > 0 && unit < UNITS.size() - 1) {
        value /= 1024;
        unit++;
      }
      return value + UNITS.get(unit);
    }
  }

  /**
   * One of some words, in upper or lower case.
   *
   * @param words in lower case
   */
  record Choice(List<String> words) implements SettingKind {
    @Override
    public @Nullable String read(String text) {
      String word = text.toLowerCase(Locale.ROOT);
      return words.contains(word) ? word : null;
    }

    @Override
    public String expected() {
      return "one of " + String.join(", ", words);
    }

    @Override
    public String label() {
      return String.join("|", words);
    }
  }

  /**
   * Text that is judged where it is used.
   *
   * @param label how help calls it
   */
  record Text(String label) implements SettingKind {
    @Override
    public String read(String text) {
      return text;
    }

    @Override
    public String expected() {
      return label;
    }
  }

  /**
   * Text that is judged where it is used, and shown nowhere.
   *
   * @param label how help calls it
   */
  record Secret(String label) implements SettingKind {
    @Override
    public String read(String text) {
      return text;
    }

    @Override
    public String expected() {
      return label;
    }
  }
}
