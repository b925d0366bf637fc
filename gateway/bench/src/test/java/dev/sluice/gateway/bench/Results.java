package dev.sluice.gateway.bench;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** Results to report on. */
final class Results {
  static final String GATEWAY = "localhost:50051";

  private Results() {}

  static Plan plan(Mode mode, Pace pace) {
    return new Plan(
        "load",
        mode,
        pace,
        4,
        256,
        Duration.ofSeconds(3),
        Duration.ofSeconds(2),
        OptionalLong.empty(),
        "readers");
  }

  /** 1,000 messages in two seconds that took 1 to 1,000 ms. */
  static Result sent() {
    return of(
        plan(Mode.SEND, new Pace.InFlight(100)), 1_000, Optional.empty(), List.of(), course(2));
  }

  /** The same at a rate, delivered a second later each, with 3 failures. */
  static Result delivered() {
    return of(
        plan(Mode.SEND_RECEIVE, new Pace.Rate(500)),
        1_000,
        Optional.of(latencies(1_001, 2_000)),
        List.of(
            new Failure("send", "OVERLOADED", 2, "too much <&\"\u0001> at once"),
            new Failure("receive", "NOT_DELIVERED", 1, "not there before the end")),
        course(2));
  }

  /** Nothing came through. */
  static Result nothing() {
    return new Result(
        plan(Mode.SEND, new Pace.InFlight(1)),
        true,
        0,
        0,
        0,
        new Latencies(new Histogram(3)),
        Optional.empty(),
        new Latencies(new Histogram(3)),
        List.of(),
        0,
        0,
        0,
        List.of());
  }

  static Result of(
      Plan plan,
      long finished,
      Optional<Latencies> deliveries,
      List<Failure> failures,
      List<Second> course) {
    return new Result(
        plan,
        false,
        2,
        finished,
        finished / 2.0,
        latencies(1, 1_000),
        deliveries,
        latencies(0, 10),
        failures,
        0,
        0,
        0,
        course);
  }

  static List<Second> course(int seconds) {
    return java.util.stream.IntStream.rangeClosed(1, seconds)
        .mapToObj(at -> new Second(at, 500, 500, 990, at % 2))
        .toList();
  }

  private static Latencies latencies(int from, int to) {
    Histogram histogram = new Histogram(3);
    for (int millis = from; millis <= to; millis++) {
      histogram.recordValue(TimeUnit.MILLISECONDS.toNanos(millis));
    }
    return new Latencies(histogram);
  }
}
