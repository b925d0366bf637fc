package dev.sluice.benchmarks.bus;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Groups of horizontal bars as an SVG picture, in the colours of whatever it is looked at with,
 * light or dark.
 *
 * @param reference where a line is drawn; NaN for none
 * @param decimals of the numbers
 * @param groups each with its bars, by their names
 */
record Bars(String title, double reference, int decimals, Map<String, Map<String, Double>> groups) {

  private static final int WIDTH = 880;
  private static final int LEFT = 250;
  private static final int RIGHT = 90;
  private static final int TOP = 44;
  private static final int BAR = 18;
  private static final int GAP = 14;

  private static final String STYLE =
      """
      <style>
        .back { fill: #ffffff } text { fill: #1c1c1c } .dim { fill: #5a5a5a } .line { stroke: #8a8a8a }
        .c0 { fill: #9aa0a6 } .c1 { fill: #1f6fb8 } .c2 { fill: #d9822b } .c3 { fill: #5b9a5b }
        @media (prefers-color-scheme: dark) {
          .back { fill: #16181b } text { fill: #ececec } .dim { fill: #a8a8a8 } .line { stroke: #909090 }
          .c0 { fill: #7d848b } .c1 { fill: #58a6e8 } .c2 { fill: #e8a35c } .c3 { fill: #7fc07f }
        }
      </style>
      """;

  /** The picture. */
  String svg() {
    int bars = groups.values().stream().mapToInt(Map::size).sum();
    int height = TOP + bars * BAR + groups.size() * GAP + 12;
    double most =
        groups.values().stream()
            .flatMap(group -> group.values().stream())
            .filter(Double::isFinite)
            .mapToDouble(Double::doubleValue)
            .max()
            .orElse(1);
    double scale = (WIDTH - LEFT - RIGHT) / Math.max(most, 1e-9);
    var svg = new StringBuilder();
    add(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\""
            + " font-family=\"sans-serif\" font-size=\"12\">%n",
        WIDTH,
        height,
        WIDTH,
        height);
    svg.append(STYLE);
    add(svg, "<rect class=\"back\" width=\"%d\" height=\"%d\"/>%n", WIDTH, height);
    add(svg, "<text x=\"10\" y=\"24\" font-size=\"15\">%s</text>%n", escape(title));
    List<String> names =
        groups.values().stream().flatMap(group -> group.keySet().stream()).distinct().toList();
    int top = TOP;
    for (Map.Entry<String, Map<String, Double>> group : groups.entrySet()) {
      add(svg, "<text x=\"10\" y=\"%d\">%s</text>%n", top + 13, escape(group.getKey()));
      for (Map.Entry<String, Double> bar : group.getValue().entrySet()) {
        bar(svg, bar, names.indexOf(bar.getKey()), top, scale);
        top += BAR;
      }
      top += GAP;
    }
    if (Double.isFinite(reference)) {
      double x = LEFT + reference * scale;
      add(
          svg,
          "<line class=\"line\" x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\""
              + " stroke-dasharray=\"4 3\"/>%n",
          x,
          TOP - 6,
          x,
          height - 12);
    }
    return svg.append("</svg>\n").toString();
  }

  private void bar(
      StringBuilder svg, Map.Entry<String, Double> bar, int colour, int top, double scale) {
    double value = Double.isFinite(bar.getValue()) ? bar.getValue() : 0;
    add(
        svg,
        "<text class=\"dim\" x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>%n",
        LEFT - 8,
        top + 13,
        escape(bar.getKey()));
    add(
        svg,
        "<rect class=\"c%d\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\"/>%n",
        colour % 4,
        LEFT,
        top + 2,
        value * scale,
        BAR - 4);
    add(
        svg,
        "<text x=\"%.1f\" y=\"%d\">%s</text>%n",
        LEFT + value * scale + 6,
        top + 13,
        Rows.number(bar.getValue(), decimals));
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  @FormatMethod
  private static void add(StringBuilder svg, @FormatString String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values));
  }
}
