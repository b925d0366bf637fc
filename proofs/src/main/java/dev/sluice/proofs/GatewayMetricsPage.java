package dev.sluice.proofs;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** What a gateway tells of itself over HTTP. */
record GatewayMetricsPage(Map<String, Double> figures, long ledgerOpen, long ledgerFaults) {

  private static final Pattern FIGURE =
      Pattern.compile("\"([a-z_0-9]+)\"\\s*:\\s*(-?[0-9]+(?:\\.[0-9]+)?)");

  static GatewayMetricsPage of(GatewayProcess gateway) throws IOException, InterruptedException {
    var figures = new TreeMap<String, Double>();
    FIGURE
        .matcher(page(gateway, "/metrics"))
        .results()
        .forEach(found -> figures.put(found.group(1), Double.parseDouble(found.group(2))));
    String text = page(gateway, "/metrics/prometheus");
    return new GatewayMetricsPage(
        figures, sample(text, "sluice_ledger_open"), sample(text, "sluice_ledger_faults_total"));
  }

  private static String page(GatewayProcess gateway, String path)
      throws IOException, InterruptedException {
    return gateway.get(path).orElseThrow(() -> new IOException(path + " is not served"));
  }

  private static long sample(String text, String name) {
    return text.lines()
        .filter(line -> line.startsWith(name + " "))
        .map(line -> line.substring(name.length() + 1).strip())
        .mapToLong(value -> Math.round(Double.parseDouble(value)))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException(name + " is not among the metrics"));
  }

  long value(String name) {
    Double value = figures.get(name);
    if (value == null) {
      throw new IllegalStateException(name + " is not among the metrics");
    }
    return Math.round(value);
  }
}
