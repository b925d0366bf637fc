package dev.sluice.proofs;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Figures over time as an SVG picture: one panel for each, one below the other. */
final class Plot {

  private static final int WIDTH = 960;
  private static final int LEFT = 190;
  private static final int RIGHT = 20;
  private static final int PANEL = 74;
  private static final int GAP = 16;
  private static final int TOP = 40;
  private static final int MOST_POINTS = 1_000;

  private final String title;
  private final List<Panel> panels = new ArrayList<>();

  Plot(String title) {
    this.title = title;
  }

  private record Panel(String name, List<double[]> points) {}

  /**
   * Adds a panel.
   *
   * @param seconds when, ascending
   * @param values what was seen then, not negative
   */
  Plot add(String name, List<Double> seconds, List<Double> values) {
    int step = Math.max(1, (int) Math.ceil(values.size() / (double) MOST_POINTS));
    var points = new ArrayList<double[]>();
    for (int i = 0; i < values.size(); i += step) {
      points.add(new double[] {seconds.get(i), highest(values, i, i + step)});
    }
    panels.add(new Panel(name, points));
    return this;
  }

  /** A peak between two points must not be hidden. */
  private static double highest(List<Double> values, int from, int to) {
    return values.subList(from, Math.min(to, values.size())).stream()
        .mapToDouble(Double::doubleValue)
        .max()
        .orElse(0);
  }

  /** The picture. */
  String svg() {
    int height = TOP + panels.size() * (PANEL + GAP) + 30;
    var svg = new StringBuilder();
    add(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\""
            + " font-family=\"sans-serif\" font-size=\"12\">%n",
        WIDTH,
        height,
        WIDTH,
        height);
    add(svg, "<rect width=\"%d\" height=\"%d\" fill=\"white\"/>%n", WIDTH, height);
    add(svg, "<text x=\"10\" y=\"22\" font-size=\"15\">%s</text>%n", escape(title));
    double end =
        panels.stream()
            .flatMap(panel -> panel.points().stream())
            .mapToDouble(point -> point[0])
            .max()
            .orElse(1);
    for (int i = 0; i < panels.size(); i++) {
      panel(svg, panels.get(i), TOP + i * (PANEL + GAP), end);
    }
    int axis = TOP + panels.size() * (PANEL + GAP) + 8;
    for (int i = 0; i <= 6; i++) {
      add(
          svg,
          "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\" fill=\"#555\">%s</text>%n",
          LEFT + i * (WIDTH - LEFT - RIGHT) / 6,
          axis,
          time(end * i / 6));
    }
    return svg.append("</svg>\n").toString();
  }

  private static void panel(StringBuilder svg, Panel panel, int top, double end) {
    double max = panel.points().stream().mapToDouble(point -> point[1]).max().orElse(0);
    double scale = max > 0 ? max * 1.05 : 1;
    double last = panel.points().isEmpty() ? 0 : panel.points().getLast()[1];
    add(
        svg,
        "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"#f6f6f6\" stroke=\"#ddd\"/>%n",
        LEFT,
        top,
        WIDTH - LEFT - RIGHT,
        PANEL);
    add(svg, "<text x=\"10\" y=\"%d\">%s</text>%n", top + 18, escape(panel.name()));
    add(
        svg,
        "<text x=\"10\" y=\"%d\" fill=\"#555\">most %s, last %s</text>%n",
        top + 36,
        number(max),
        number(last));
    svg.append("<polyline fill=\"none\" stroke=\"#1f5fa8\" stroke-width=\"1.2\" points=\"");
    for (double[] point : panel.points()) {
      add(
          svg,
          "%.1f,%.1f ",
          LEFT + point[0] / Math.max(end, 1e-9) * (WIDTH - LEFT - RIGHT),
          top + PANEL - point[1] / scale * PANEL);
    }
    add(svg, "\"/>%n");
  }

  private static String time(double seconds) {
    return seconds < 600
        ? String.format(Locale.ROOT, "%.0f s", seconds)
        : seconds < 36_000
            ? String.format(Locale.ROOT, "%.0f min", seconds / 60)
            : String.format(Locale.ROOT, "%.1f h", seconds / 3600);
  }

  private static String number(double value) {
    return Double.compare(value, Math.rint(value)) == 0
        ? String.format(Locale.ROOT, "%.0f", value)
        : String.format(Locale.ROOT, "%.1f", value);
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  @FormatMethod
  private static void add(StringBuilder svg, @FormatString String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values));
  }
}
