package dev.sluice.gateway.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A result as an SVG picture: latencies by percentile above, the rate over time below, in the
 * colours of whatever it is looked at with, light or dark.
 */
public final class Picture {
  private static final int WIDTH = 880;
  private static final int LEFT = 76;
  private static final int RIGHT = 24;
  private static final int ACROSS = WIDTH - LEFT - RIGHT;
  private static final int UPPER_TOP = 92;
  private static final int LOWER_TOP = 420;
  private static final int HIGH = 240;
  private static final int HEIGHT = LOWER_TOP + HIGH + 56;
  private static final int MOST_NINES = 6;
  private static final int MOST_POINTS = 400;

  private static final String STYLE =
      """
      <style>
        .back { fill: #ffffff } text { fill: #1c1c1c } .dim { fill: #5a5a5a } .grid { stroke: #dcdcdc }
        polyline { fill: none; stroke-width: 2; stroke-linejoin: round } .asked { stroke: #8a8a8a }
        .a { stroke: #1f6fb8 } .b { stroke: #d9822b } .fa { fill: #1f6fb8 } .fb { fill: #d9822b }
        .failed { fill: #c23b3b }
        @media (prefers-color-scheme: dark) {
          .back { fill: #16181b } text { fill: #ececec } .dim { fill: #a8a8a8 } .grid { stroke: #34383d }
          .asked { stroke: #909090 } .a { stroke: #58a6e8 } .b { stroke: #e8a35c } .fa { fill: #58a6e8 }
          .fb { fill: #e8a35c } .failed { fill: #f07178 }
        }
      </style>\
      """;

  private final Svg svg = new Svg();
  private final Result result;

  private Picture(Result result) {
    this.result = result;
  }

  /** The file's text. */
  public static String of(Result result, String gateway) {
    Picture picture = new Picture(result);
    picture.begin(gateway);
    picture.percentiles();
    picture.rate();
    return picture.svg.add("</svg>").toString();
  }

  private void begin(String gateway) {
    svg.add(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\""
            + " font-family=\"sans-serif\" font-size=\"12\" role=\"img\">",
        WIDTH, HEIGHT, WIDTH, HEIGHT);
    svg.add("<title>%s</title>", Svg.escaped(TextReport.headline(result, gateway)));
    svg.add("%s", STYLE);
    svg.add("<rect class=\"back\" width=\"%d\" height=\"%d\"/>", WIDTH, HEIGHT);
    svg.add(
        "<text x=\"16\" y=\"26\" font-size=\"15\">%s</text>",
        Svg.escaped(TextReport.headline(result, gateway)));
    svg.add(
        "<text class=\"dim\" x=\"16\" y=\"46\">%s messages in %s s, %s/s; %s failed</text>",
        Numbers.count(result.finished()),
        Numbers.seconds(result.seconds()),
        Numbers.rate(result.perSecond()),
        Numbers.count(result.failed()));
  }

  private void percentiles() {
    Optional<Latencies> deliveries = result.deliveries();
    double most = Math.max(result.sends().max(), deliveries.map(Latencies::max).orElse(0.0));
    Axis axis = Axis.upTo(most, 5);
    svg.add("<text x=\"16\" y=\"%d\">Latency by percentile, milliseconds</text>", UPPER_TOP - 16);
    level(axis, UPPER_TOP);
    long count = Math.max(result.sends().count(), deliveries.map(Latencies::count).orElse(0L));
    int nines = (int) Math.clamp(Math.ceil(Math.log10((double) Math.max(count, 1))), 1, MOST_NINES);
    for (int i = 0; i <= nines; i++) {
      double x = LEFT + ACROSS * (double) i / nines;
      upright(x, UPPER_TOP, i == 0 ? "0 %" : i == 1 ? "90 %" : "99" + fraction(i - 2) + " %");
    }
    curve("a", result.sends(), axis, nines);
    legend(0, "fa", "send");
    deliveries.ifPresent(
        latencies -> {
          curve("b", latencies, axis, nines);
          legend(1, "fb", "delivery");
        });
  }

  private static String fraction(int nines) {
    return nines == 0 ? "" : "." + "9".repeat(nines);
  }

  private void curve(String kind, Latencies latencies, Axis axis, int nines) {
    List<Double> points = new ArrayList<>();
    for (Latencies.Point point : latencies.curve()) {
      double left = Math.max(1 - point.percentile() / 100, Math.pow(10, -nines));
      points.add(LEFT + ACROSS * -Math.log10(left) / nines);
      points.add(UPPER_TOP + HIGH * (1 - point.millis() / axis.end()));
    }
    svg.line(kind, array(points));
  }

  private void rate() {
    List<Second> course = joined(result.course());
    double asked = result.plan().pace() instanceof Pace.Rate(double perSecond) ? perSecond : 0;
    double most = course.stream().mapToDouble(Second::perSecond).reduce(asked, Math::max);
    Axis axis = Axis.upTo(most, 5);
    Axis time = Axis.upTo(Math.max(result.seconds(), 1), 10);
    svg.add("<text x=\"16\" y=\"%d\">Messages per second, over time</text>", LOWER_TOP - 16);
    level(axis, LOWER_TOP);
    for (double mark : time.marks()) {
      upright(LEFT + ACROSS * mark / time.end(), LOWER_TOP, Numbers.plain(mark) + " s");
    }
    if (asked > 0) {
      double y = LOWER_TOP + HIGH * (1 - asked / axis.end());
      svg.add(
          "<line class=\"asked\" x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\""
              + " stroke-dasharray=\"4 3\"/>",
          LEFT, y, LEFT + ACROSS, y);
    }
    List<Double> points = new ArrayList<>();
    for (Second second : course) {
      double x = LEFT + ACROSS * Math.min(second.at() / time.end(), 1);
      points.add(x);
      points.add(LOWER_TOP + HIGH * (1 - second.perSecond() / axis.end()));
      if (second.failed() > 0) {
        svg.add(
            "<circle class=\"failed\" cx=\"%.1f\" cy=\"%d\" r=\"3\"><title>%s failed</title>"
                + "</circle>",
            x, LOWER_TOP + HIGH, Numbers.count(second.failed()));
      }
    }
    svg.line("a", array(points));
  }

  /** Neighbours as one where there are more than there is room for. */
  private static List<Second> joined(List<Second> course) {
    int together = (course.size() + MOST_POINTS - 1) / MOST_POINTS;
    if (together <= 1) {
      return course;
    }
    List<Second> joined = new ArrayList<>();
    for (int from = 0; from < course.size(); from += together) {
      List<Second> some = course.subList(from, Math.min(from + together, course.size()));
      joined.add(
          new Second(
              some.getLast().at(),
              some.stream().mapToDouble(Second::perSecond).average().orElse(0),
              0,
              0,
              some.stream().mapToLong(Second::failed).sum()));
    }
    return joined;
  }

  private void level(Axis axis, int top) {
    for (double mark : axis.marks()) {
      double y = top + HIGH * (1 - mark / axis.end());
      svg.add(
          "<line class=\"grid\" x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\"/>",
          LEFT, y, LEFT + ACROSS, y);
      svg.add(
          "<text class=\"dim\" x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>",
          LEFT - 8, y + 4, Numbers.plain(Math.round(mark * 1e6) / 1e6));
    }
  }

  private void upright(double x, int top, String name) {
    svg.add(
        "<line class=\"grid\" x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\"/>",
        x, top, x, top + HIGH);
    svg.add(
        "<text class=\"dim\" x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>",
        x, top + HIGH + 18, Svg.escaped(name));
  }

  private void legend(int number, String kind, String name) {
    int x = LEFT + 16 + number * 96;
    svg.add(
        "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"12\" height=\"12\"/>",
        kind, x, UPPER_TOP + 8);
    svg.add("<text x=\"%d\" y=\"%d\">%s</text>", x + 18, UPPER_TOP + 18, Svg.escaped(name));
  }

  private static double[] array(List<Double> points) {
    return points.stream().mapToDouble(Double::doubleValue).toArray();
  }
}
