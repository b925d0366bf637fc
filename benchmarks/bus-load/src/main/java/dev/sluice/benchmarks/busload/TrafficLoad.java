package dev.sluice.benchmarks.busload;

import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * One turn of traffic through a bus: a bus that warms up and is closed, then one that is measured.
 * Tells {@code BEGIN} and {@code END name=value ...}, each a line of the standard output.
 */
@Command(name = "traffic-load", mixinStandardHelpOptions = true, description = "Uses a bus.")
public final class TrafficLoad implements Callable<Integer> {

  /** The first bus may have the JVM make what stays. */
  private static final Duration MOMENT = Duration.ofSeconds(2);

  /** Whatever is left is a fault, and on a machine that is busy it may take long to be gone. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @SuppressWarnings("NullAway.Init") // Required.
  @Option(names = "--transport", required = true, description = "Of ${COMPLETION-CANDIDATES}.")
  private Transport transport;

  @Option(names = "--address", description = "Of the broker, as its clients take it.")
  private String address = "";

  @Option(names = "--name", description = "That no one has used; topics and groups begin with it.")
  private String name = "traffic";

  @Option(names = "--topics", description = "Default ${DEFAULT-VALUE}.")
  private int topics = 5;

  @Option(names = "--envelopes", required = true, description = "In each of the two phases.")
  private int envelopes;

  @Option(names = "--rate", description = "Per second in the paced phase.")
  private int rate = 2000;

  @Option(names = "--warm-up", description = "Envelopes, default ${DEFAULT-VALUE}.")
  private int warmUp = 20_000;

  @Option(names = "--payload", description = "Bytes, default ${DEFAULT-VALUE}.")
  private int payloadBytes = 256;

  /** Runs it; ends the process. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new TrafficLoad()).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    var warm = new BusTraffic(transport, address, name + "-warm", topics, payloadBytes);
    warm.open();
    warm.burst("warm", warmUp);
    warm.close(MOMENT);

    var traffic = new BusTraffic(transport, address, name, topics, payloadBytes);
    traffic.open();
    System.out.println("BEGIN");
    EnvelopeWatch paced = traffic.paced("paced", envelopes, rate);
    BusTraffic.Burst burst = traffic.burst("burst", envelopes);
    int threads = traffic.threads();
    double live = LeftBehind.liveMegabytes();
    double resident = LeftBehind.residentMegabytes();
    BusTraffic.Left left = traffic.close(PATIENCE);
    EnvelopeWatch fast = burst.watch();
    System.out.printf(
        Locale.ROOT,
        "END published=%.0f handled=%.0f p50=%.3f p99=%.3f burstP50=%.1f burstP99=%.1f threads=%d"
            + " live=%.1f resident=%.0f violations=%d repeated=%d missing=%d leftThreads=%d"
            + " leftSockets=%d leftLedger=%d failure=%s%n",
        burst.publishedPerSecond(),
        burst.handledPerSecond(),
        paced.latencyMillis(50),
        paced.latencyMillis(99),
        fast.latencyMillis(50),
        fast.latencyMillis(99),
        threads,
        live,
        resident,
        paced.violations() + fast.violations(),
        paced.repeated() + fast.repeated(),
        paced.missing() + fast.missing(),
        left.threads().size(),
        left.sockets(),
        left.ledger(),
        (traffic.failure() + " " + left.describe()).replaceAll("\\s+", " ").strip());
    return 0;
  }
}
