package dev.sluice.benchmarks.bus;

import dev.sluice.benchmarks.bus.LoadProcess.Program;
import dev.sluice.benchmarks.bus.LoadProcess.Told;
import dev.sluice.benchmarks.bus.TrafficOptions.Over;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** E2: the same traffic through a bus over each broker. */
final class TrafficRun {

  private static final int TOPICS = 5;

  private static final Program PROGRAM =
      new Program("bus-load", List.of(), "dev.sluice.benchmarks.busload.TrafficLoad");

  /** Each must be zero. */
  private static final List<String> FAULTS =
      List.of("violations", "missing", "leftThreads", "leftSockets", "leftLedger");

  private final Stage stage;
  private final TrafficOptions options;

  TrafficRun(Stage stage, TrafficOptions options) {
    this.stage = stage;
    this.options = options;
  }

  /** Measures and writes. False if something is missing, came out of order, or is left. */
  boolean run(PrintWriter out) throws IOException, InterruptedException {
    head(out);
    Map<String, Map<String, Double>> handled = new LinkedHashMap<>();
    boolean good = true;
    var failures = new StringBuilder();
    for (int envelopes : options.envelopes) {
      Map<String, Double> bars = new LinkedHashMap<>();
      for (Over over : options.over) {
        Told told = LoadProcess.run(stage, PROGRAM, arguments(over, envelopes));
        String row = row(envelopes, over, told);
        System.err.println(row);
        out.println(row);
        bars.put(title(over), told.number("handled"));
        String failure = told.values().getOrDefault("failure", "");
        if (!failure.isEmpty()) {
          failures.append("%nFailed: %d over %s: %s%n".formatted(envelopes, over, failure));
        }
        good &= failure.isEmpty() && FAULTS.stream().allMatch(fault -> told.count(fault) == 0);
      }
      handled.put(envelopes + " envelopes", bars);
    }
    out.println(failures);
    out.flush();
    stage.keep(
        "event-bus-e2.svg",
        new Bars("E2: envelopes per second from end to end", Double.NaN, 0, handled));
    return good;
  }

  private List<String> arguments(Over over, int envelopes) {
    return List.of(
        "--transport=" + over,
        "--address=" + stage.address(over),
        "--name=" + stage.freshName("e2"),
        "--topics=" + TOPICS,
        "--envelopes=" + envelopes,
        "--rate=" + options.rate,
        "--warm-up=" + options.warmUp);
  }

  private void head(PrintWriter out) {
    out.println("## E2: five topics of three partitions");
    out.println();
    out.println(stage.facts() + ".");
    out.printf(
        "Publisher and handlers are one bus in one process, which is new for each row; 256-byte"
            + " payloads of 100 aggregates, handlers that do nothing; %d envelopes before,"
            + " through a bus of their own. Latency, from the call to publish to the handler, is of"
            + " envelopes at %d per second; throughput of as many as fast as it goes, at most 1000"
            + " being published at a time.%n%n",
        options.warmUp, options.rate);
    out.println(
        Rows.head(
            "envelopes",
            "over",
            "published/s",
            "end to end/s",
            "p50 ms",
            "p99 ms",
            "at full speed p50 ms",
            "p99 ms",
            "threads of the bus",
            "live heap MB",
            "resident MB",
            "order violations",
            "missing",
            "repeated",
            "left: threads, sockets, ledger",
            "others %"));
  }

  private static String row(int envelopes, Over over, Told told) {
    return Rows.row(
        Integer.toString(envelopes),
        title(over),
        Rows.number(told.number("published"), 0),
        Rows.number(told.number("handled"), 0),
        Rows.number(told.number("p50"), 2),
        Rows.number(told.number("p99"), 2),
        Rows.number(told.number("burstP50"), 1),
        Rows.number(told.number("burstP99"), 1),
        Long.toString(told.count("threads")),
        Rows.number(told.number("live"), 1),
        Rows.number(told.number("resident"), 0),
        Long.toString(told.count("violations")),
        Long.toString(told.count("missing")),
        Long.toString(told.count("repeated")),
        "%d, %d, %d"
            .formatted(
                told.count("leftThreads"), told.count("leftSockets"), told.count("leftLedger")),
        Rows.number(told.othersPercent(), 0));
  }

  private static String title(Over over) {
    return switch (over) {
      case MEMORY -> "memory";
      case KAFKA -> "Kafka";
      case NATS -> "NATS";
      case ROCKETMQ -> "RocketMQ";
    };
  }
}
