package dev.sluice.gateway.bench;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import java.io.PrintWriter;
import java.util.Locale;

/** Tells each second how a run goes: in one line that is written anew, or line by line. */
public final class ProgressLines implements Progress {
  private static final String ANEW = "\r\u001b[K";

  private final PrintWriter out;
  private final boolean terminal;
  private final Plan plan;

  /**
   * Writes to {@code out}.
   *
   * @param terminal whether it is one, whose line can be written anew
   */
  public ProgressLines(PrintWriter out, boolean terminal, Plan plan) {
    this.out = out;
    this.terminal = terminal;
    this.plan = plan;
  }

  @Override
  public void second(Second second) {
    say(
        "%-24s %9s/s   %s   failed %s",
        when(second.at()),
        Numbers.rate(second.perSecond()),
        second.perSecond() == 0
            ? "nothing came through"
            : String.format(
                Locale.ROOT,
                "p50 %s ms   p99 %s ms",
                Numbers.millis(second.p50Millis()),
                Numbers.millis(second.p99Millis())),
        Numbers.count(second.failed()));
  }

  private String when(double at) {
    String seconds = String.format(Locale.ROOT, "%.0f s", Math.abs(at));
    if (at <= 0) {
      return "warming up, " + seconds + " to go";
    }
    return plan.messages().isPresent()
        ? seconds
        : seconds + " of " + Numbers.plain(plan.duration().toMillis() / 1000.0);
  }

  @Override
  public void draining() {
    say("waiting for what is under way");
  }

  @Override
  public void over() {
    if (terminal) {
      out.print(ANEW);
      out.flush();
    }
  }

  @FormatMethod
  private void say(@FormatString String format, Object... values) {
    String line = String.format(Locale.ROOT, format, values);
    if (terminal) {
      out.print(ANEW + line);
      out.flush();
    } else {
      out.println(line);
    }
  }
}
