package dev.sluice.gateway.bench;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How much may fail.
 *
 * @param most a number, or a share in percent; 0 or more
 */
public record ErrorLimit(double most, boolean percent) {
  private static final Pattern COUNT = Pattern.compile("[0-9]{1,12}");
  private static final Pattern SHARE = Pattern.compile("([0-9]{1,3}(?:\\.[0-9]{1,6})?)%");

  /** A number, {@code 10}, or a share, {@code 0.1%}; null where the text is neither. */
  public static @Nullable ErrorLimit read(String text) {
    if (COUNT.matcher(text).matches()) {
      return new ErrorLimit(Double.parseDouble(text), false);
    }
    Matcher share = SHARE.matcher(text);
    if (!share.matches()) {
      return null;
    }
    double value = Double.parseDouble(share.group(1));
    return value > 100 ? null : new ErrorLimit(value, true);
  }

  /** What is read, for people. */
  public static String expected() {
    return "a number, or a share such as 0.1%";
  }

  boolean allows(long failed, long finished) {
    return percent ? share(failed, finished) <= most : failed <= most;
  }

  /** As it was given. */
  String text() {
    return Numbers.plain(most) + (percent ? "%" : "");
  }

  /** What failed, in the same form. */
  String text(long failed, long finished) {
    return percent
        ? Numbers.plain(Math.round(share(failed, finished) * 1e4) / 1e4) + "%"
        : Numbers.count(failed);
  }

  private static double share(long failed, long finished) {
    return failed == 0 ? 0 : 100.0 * failed / (failed + finished);
  }
}
