package dev.sluice.gateway.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;

/**
 * What a result must be like.
 *
 * @param p99 what 99 % of the latencies may be, at most
 * @param perSecond how many messages must come through in a second
 * @param errors how much may fail
 */
public record Thresholds(
    Optional<Duration> p99, OptionalDouble perSecond, Optional<ErrorLimit> errors) {

  /**
   * One verdict for each threshold that is set. Where nothing was measured, none of them is met.
   */
  public List<Verdict> judge(Result result) {
    List<Verdict> verdicts = new ArrayList<>();
    boolean some = result.finished() > 0;
    p99.ifPresent(
        limit -> {
          double most = limit.toNanos() / (double) TimeUnit.MILLISECONDS.toNanos(1);
          double measured = result.latencies().percentile(99);
          verdicts.add(
              new Verdict(
                  "p99",
                  "at most " + Numbers.plain(most) + " ms",
                  some ? Numbers.millis(measured) + " ms" : "nothing",
                  some && measured <= most));
        });
    perSecond.ifPresent(
        least ->
            verdicts.add(
                new Verdict(
                    "rate",
                    "at least " + Numbers.plain(least) + "/s",
                    Numbers.rate(result.perSecond()) + "/s",
                    some && result.perSecond() >= least)));
    errors.ifPresent(
        limit ->
            verdicts.add(
                new Verdict(
                    "errors",
                    "at most " + limit.text(),
                    limit.text(result.failed(), result.finished()),
                    some && limit.allows(result.failed(), result.finished()))));
    return verdicts;
  }
}
