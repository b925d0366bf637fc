package dev.sluice.eventbus.tools;

/**
 * Text of others, fit for a terminal: what could move the cursor, change colours, reorder or hide
 * text is escaped as Java writes it.
 */
final class Printable {
  private Printable() {}

  /** On one line; a backslash is two, so that nobody can pretend an escape. */
  static String line(String text) {
    return escaped(text, false);
  }

  /** The same with line breaks and tabs as they are, and single backslashes, for bodies. */
  static String lines(String text) {
    return escaped(text, true);
  }

  /** On one line of at most so many characters, the last one then being an ellipsis. */
  static String line(String text, int most) {
    String whole = line(text);
    if (whole.length() <= most) {
      return whole;
    }
    int end = most - 1;
    return whole.substring(0, Character.isHighSurrogate(whole.charAt(end - 1)) ? end - 1 : end)
        + '\u2026';
  }

  private static String escaped(String text, boolean several) {
    StringBuilder safe = new StringBuilder(text.length() + 16);
    text.codePoints()
        .forEach(
            point -> {
              switch (point) {
                case '\n' -> safe.append(several ? "\n" : "\\n");
                case '\t' -> safe.append(several ? "\t" : "\\t");
                case '\r' -> safe.append("\\r");
                case '\\' -> safe.append(several ? "\\" : "\\\\");
                default -> append(safe, point);
              }
            });
    return safe.toString();
  }

  private static void append(StringBuilder safe, int point) {
    if (isSafe(point)) {
      safe.appendCodePoint(point);
      return;
    }
    for (char unit : Character.toChars(point)) {
      safe.append("\\u%04x".formatted((int) unit));
    }
  }

  /** Whether it stands for itself: no control, no change of direction, nothing that is no text. */
  private static boolean isSafe(int point) {
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
