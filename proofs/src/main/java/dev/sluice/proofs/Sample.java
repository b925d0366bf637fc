package dev.sluice.proofs;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What was seen of a gateway at one moment.
 *
 * @param seconds since the start
 * @param process what the operating system tells
 * @param slow what is looked at less often, as of the last look
 * @param page what the gateway tells
 * @param sent messages that were accepted so far, of all clients
 * @param received messages of them that the careful consumers got so far
 */
record Sample(
    double seconds,
    ProcessFigures process,
    Slow slow,
    GatewayMetricsPage page,
    long sent,
    long received) {

  /**
   * What costs more to see.
   *
   * @param liveBytes the heap after a collection
   * @param brokerConsumers members of the groups, as the broker counts them
   * @param brokerProducers producers that the broker knows
   */
  record Slow(long liveBytes, int brokerConsumers, int brokerProducers) {}

  /** All figures with their names, in the order of columns. */
  Map<String, Double> columns() {
    var columns = new LinkedHashMap<String, Double>();
    columns.put("seconds", seconds);
    columns.put("heap_after_gc_mb", slow.liveBytes() / 1048576.0);
    columns.put("resident_mb", process.residentBytes() / 1048576.0);
    columns.put("threads", (double) process.threads());
    columns.put("descriptors", (double) process.descriptors());
    columns.put("upstream_connections", (double) process.outgoing());
    columns.put("ledger_open", (double) page.ledgerOpen());
    columns.put("connections", (double) page.value("active_connections"));
    columns.put("producers", (double) page.value("active_producers"));
    columns.put("consumers", (double) page.value("active_consumers"));
    columns.put("streams", (double) page.value("active_streams"));
    columns.put("broker_consumers", (double) slow.brokerConsumers());
    columns.put("broker_producers", (double) slow.brokerProducers());
    columns.put("leaks", (double) leaks());
    columns.put("connections_so_far", (double) page.value("total_connections"));
    columns.put("sent", (double) sent);
    columns.put("received", (double) received);
    columns.put("cpu_seconds", process.cpuMillis() / 1000.0);
    return columns;
  }

  /** What the gateway found dropped unclosed, or released twice. */
  long leaks() {
    return page.value("producer_leak_detections")
        + page.value("consumer_leak_detections")
        + page.value("goroutine_leaks")
        + page.ledgerFaults();
  }

  /** Whether no caller has anything open. */
  boolean isQuiet() {
    return page.value("active_connections") == 0
        && page.value("active_producers") == 0
        && page.value("active_consumers") == 0
        && page.value("active_streams") == 0;
  }

  static String csvHeader(Sample any) {
    return String.join(",", any.columns().keySet());
  }

  String csv() {
    return columns().values().stream()
        .map(value -> String.format(Locale.ROOT, "%.1f", value).replaceAll("\\.0$", ""))
        .collect(Collectors.joining(","));
  }
}
