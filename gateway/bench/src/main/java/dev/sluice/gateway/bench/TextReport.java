package dev.sluice.gateway.bench;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import java.util.List;
import java.util.Locale;

/** A result as a table for people. */
public final class TextReport {
  private final StringBuilder text = new StringBuilder();
  private final Result result;

  private TextReport(Result result) {
    this.result = result;
  }

  /** Several lines, each ended. */
  public static String of(Result result, String gateway, List<Verdict> verdicts) {
    TextReport report = new TextReport(result);
    report.heading(gateway);
    report.counts();
    report.latencies();
    report.failures();
    report.thresholds(verdicts);
    return report.text.toString();
  }

  /** What was done, in one line. */
  static String headline(Result result, String gateway) {
    Plan plan = result.plan();
    String pace =
        switch (plan.pace()) {
          case Pace.InFlight(int messages) -> Numbers.count(messages) + " in flight";
          case Pace.Rate(double perSecond) -> Numbers.plain(perSecond) + " due each second";
        };
    return String.format(
        Locale.ROOT,
        "%s: topic %s at %s, %s, %d connection%s, %,d byte%s each",
        plan.mode().word(),
        plan.topic(),
        gateway,
        pace,
        plan.connections(),
        plan.connections() == 1 ? "" : "s",
        plan.bodyBytes(),
        plan.bodyBytes() == 1 ? "" : "s");
  }

  private void heading(String gateway) {
    line("%s", headline(result, gateway));
    line(
        "%s s measured after %s s of warm-up%s",
        Numbers.seconds(result.seconds()),
        Numbers.plain(result.plan().warmUp().toMillis() / 1000.0),
        result.endedEarly() ? "; ended early" : "");
    line("");
  }

  private void counts() {
    line(
        "%-12s %14s   %s/s, %s MB/s",
        "messages",
        Numbers.count(result.finished()),
        Numbers.rate(result.perSecond()),
        String.format(Locale.ROOT, "%.1f", result.megabytesPerSecond()));
    line("%-12s %14s", "failed", Numbers.count(result.failed()));
    if (result.unsent() > 0) {
      line(
          "%-12s %14s   due and not begun at the end: the gateway did not keep up. They count"
              + " as that late",
          "unsent", Numbers.count(result.unsent()));
    }
    if (result.repeated() > 0) {
      line(
          "%-12s %14s   delivered again, or although the sender was told of a failure",
          "repeated", Numbers.count(result.repeated()));
    }
    line("");
  }

  private void latencies() {
    line(
        "%-12s %9s %9s %9s %9s %9s %9s",
        "milliseconds", "p50", "p90", "p99", "p99.9", "max", "mean");
    row("send", result.sends());
    result.deliveries().ifPresent(deliveries -> row("delivery", deliveries));
    if (result.plan().pace() instanceof Pace.Rate) {
      row("begun late", result.lateness());
    }
  }

  private void row(String name, Latencies latencies) {
    if (latencies.count() == 0) {
      line("%-12s %9s", name, "none");
      return;
    }
    line(
        "%-12s %9s %9s %9s %9s %9s %9s",
        name,
        Numbers.millis(latencies.percentile(50)),
        Numbers.millis(latencies.percentile(90)),
        Numbers.millis(latencies.percentile(99)),
        Numbers.millis(latencies.percentile(99.9)),
        Numbers.millis(latencies.max()),
        Numbers.millis(latencies.mean()));
  }

  private void failures() {
    if (!result.failures().isEmpty()) {
      line("");
    }
    for (Failure failure : result.failures()) {
      line(
          "failed: %s %s, %s times; first: %s",
          failure.step(), failure.code(), Numbers.count(failure.count()), failure.first());
    }
    if (result.failedBefore() > 0) {
      line("");
      line("%s failed during the warm-up, and do not count", Numbers.count(result.failedBefore()));
    }
  }

  private void thresholds(List<Verdict> verdicts) {
    if (!verdicts.isEmpty()) {
      line("");
    }
    for (Verdict verdict : verdicts) {
      line(
          "%-12s %14s   %s: %s",
          verdict.name(), verdict.measured(), verdict.limit(), verdict.met() ? "met" : "MISSED");
    }
  }

  @FormatMethod
  private void line(@FormatString String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values).stripTrailing())
        .append(System.lineSeparator());
  }
}
