package dev.sluice.rocketmq.wire;

/** How values appear in error messages: short, and without control characters. */
public final class Texts {
  private static final int MAX_SHOWN = 80;

  private Texts() {}

  /** The text, cut after {@value #MAX_SHOWN} characters, with control characters replaced. */
  public static String shorten(String value) {
    StringBuilder shown = new StringBuilder(Math.min(value.length(), MAX_SHOWN) + 3);
    for (int i = 0; i < value.length() && i < MAX_SHOWN; i++) {
      char c = value.charAt(i);
      shown.append(Character.isISOControl(c) ? '.' : c);
    }
    return value.length() > MAX_SHOWN ? shown.append("...").toString() : shown.toString();
  }

  /** The text shortened, in quotes. */
  public static String quote(String value) {
    return '"' + shorten(value) + '"';
  }
}
