package dev.sluice.gateway.server;

import dev.sluice.gateway.core.Gateway;
import dev.sluice.gateway.upstreams.GatewayMetrics;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.gateway.upstreams.GatewayMetrics.Operation;
import dev.sluice.gateway.upstreams.ResourceKinds;
import dev.sluice.lifecycle.Clock;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.lifecycle.LedgerSnapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/** All that can be observed of a gateway, from which both forms of {@code /metrics} are made. */
final class Observations {
  private static final Set<String> OF_SESSIONS =
      Set.of(
          ResourceKinds.PRODUCER,
          ResourceKinds.CHECKER,
          ResourceKinds.CONSUMER,
          ResourceKinds.STREAM);

  private static final Path STATUS = Path.of("/proc/self/status");

  private final Gateway gateway;
  private final CallStatistics calls;
  private final Rates rates;
  private final Ledger ledger;
  private final ThreadCounts threads;
  private final int maxConnections;
  private final LatencyHistogram sends = new LatencyHistogram();
  private final LatencyHistogram acks = new LatencyHistogram();

  Observations(
      Gateway gateway,
      CallStatistics calls,
      Rates rates,
      Ledger ledger,
      Clock clock,
      int maxConnections) {
    this.gateway = gateway;
    this.calls = calls;
    this.rates = rates;
    this.ledger = ledger;
    this.threads = new ThreadCounts(ledger, clock);
    this.maxConnections = maxConnections;
  }

  /** Has the latencies of sends and acknowledgements recorded from now on. */
  void begin() {
    gateway
        .metrics()
        .recordLatenciesTo(
            (operation, nanos, success) ->
                (operation == Operation.SEND ? sends : acks).record(nanos));
  }

  GatewayMetrics core() {
    return gateway.metrics();
  }

  CallStatistics calls() {
    return calls;
  }

  Rates rates() {
    return rates;
  }

  Ledger ledger() {
    return ledger;
  }

  ThreadCounts threads() {
    return threads;
  }

  int maxConnections() {
    return maxConnections;
  }

  /** From a message's acceptance to its answer, whatever that is. */
  LatencyHistogram sends() {
    return sends;
  }

  /** Likewise of acknowledgements. */
  LatencyHistogram acks() {
    return acks;
  }

  /** Calls that failed or were refused, and receives from the message system that failed. */
  long errors() {
    return calls.failures() + core().value(Counter.POLL_FAILURES);
  }

  long producerConnections() {
    return gateway.upstreams().openForProducers();
  }

  /** Producer sessions and their streams. */
  long producerLeaks() {
    return ledger.leaks(ResourceKinds.PRODUCER) + ledger.leaks(ResourceKinds.CHECKER);
  }

  /** Consumer sessions, and streams. */
  long consumerLeaks() {
    return ledger.leaks(ResourceKinds.CONSUMER) + ledger.leaks(ResourceKinds.STREAM);
  }

  /** What leaked and is neither a session, nor a stream, nor a thread. */
  long otherLeaks() {
    return ledger.snapshot().kinds().entrySet().stream()
        .filter(kind -> !OF_SESSIONS.contains(kind.getKey()))
        .filter(kind -> !ThreadCounts.isThread(kind.getKey()))
        .mapToLong(kind -> kind.getValue().leaks())
        .sum();
  }

  /** Everything in the ledger. */
  long open() {
    return ledger.snapshot().kinds().values().stream().mapToLong(LedgerSnapshot.Kind::open).sum();
  }

  static long heapBytes() {
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  static long maximumHeapBytes() {
    return Runtime.getRuntime().maxMemory();
  }

  /** The memory that the process has; 0 where the system does not tell. */
  static long residentBytes() {
    try (var lines = Files.lines(STATUS)) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      return 0;
    }
  }
}
