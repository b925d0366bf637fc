package dev.sluice.gateway.bench;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import java.util.Locale;

/** Text of an SVG picture as it is put together. Numbers are written the same in every country. */
final class Svg {
  private final StringBuilder text = new StringBuilder();

  /** Adds elements. What comes from outside goes through {@link #escaped}. */
  @FormatMethod
  Svg add(@FormatString String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values)).append('\n');
    return this;
  }

  /** A line through points, x and y in turn; nothing where there are none. */
  Svg line(String kind, double[] points) {
    if (points.length == 0) {
      return this;
    }
    text.append("<polyline class=\"").append(kind).append("\" points=\"");
    for (int i = 0; i < points.length; i += 2) {
      text.append(i == 0 ? "" : " ")
          .append(String.format(Locale.ROOT, "%.1f,%.1f", points[i], points[i + 1]));
    }
    text.append("\"/>\n");
    return this;
  }

  /** As XML can have it: markup escaped, and what XML does not allow replaced. */
  static String escaped(String from) {
    StringBuilder safe = new StringBuilder(from.length());
    from.codePoints()
        .forEach(
            point -> {
              switch (point) {
                case '&' -> safe.append("&amp;");
                case '<' -> safe.append("&lt;");
                case '>' -> safe.append("&gt;");
                case '"' -> safe.append("&quot;");
                default -> safe.appendCodePoint(isAllowed(point) ? point : 0xFFFD);
              }
            });
    return safe.toString();
  }

  private static boolean isAllowed(int point) {
    return (point >= 0x20 && point <= 0xD7FF)
        || (point >= 0xE000 && point <= 0xFFFD)
        || point >= 0x10000;
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
