package dev.sluice.engines;

import dev.sluice.lifecycle.Ledger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How to run a NATS server.
 *
 * @param dataDirectory keeps streams over restarts; created when missing; one engine at a time
 * @param port where clients connect
 * @param configuration lines of the server's configuration file besides ours, such as {@code
 *     max_payload: 65536}
 * @param executable the server; null for one that is found: on the PATH, or unpacked from Debian's
 *     package
 * @param startTimeout how long a start may take
 * @param ledger where the engine is counted while it is open
 */
public record NatsEngineOptions(
    Path dataDirectory,
    EnginePort port,
    List<String> configuration,
    @Nullable Path executable,
    Duration startTimeout,
    Ledger ledger) {

  /** Checks the values that need no look at the machine. */
  public NatsEngineOptions {
    dataDirectory = dataDirectory.toAbsolutePath().normalize();
    configuration = List.copyOf(configuration);
    Objects.requireNonNull(port, "port");
    Objects.requireNonNull(ledger, "ledger");
    if (startTimeout.isNegative() || startTimeout.isZero()) {
      throw new IllegalArgumentException("startTimeout: " + startTimeout + " (expected: > 0)");
    }
  }

  /** On a free port, with its data there; a minute to start, in a ledger of its own. */
  public static NatsEngineOptions in(Path dataDirectory) {
    return new NatsEngineOptions(
        dataDirectory, EnginePort.free(), List.of(), null, Duration.ofMinutes(1), Ledger.create());
  }

  /** On this port. */
  public NatsEngineOptions port(EnginePort chosen) {
    return new NatsEngineOptions(
        dataDirectory, chosen, configuration, executable, startTimeout, ledger);
  }

  /** With these lines of configuration besides ours. */
  public NatsEngineOptions configuration(String... lines) {
    return new NatsEngineOptions(
        dataDirectory, port, List.of(lines), executable, startTimeout, ledger);
  }

  /** This server. */
  public NatsEngineOptions executable(Path file) {
    return new NatsEngineOptions(dataDirectory, port, configuration, file, startTimeout, ledger);
  }

  /** Counted there. */
  public NatsEngineOptions ledger(Ledger counted) {
    return new NatsEngineOptions(
        dataDirectory, port, configuration, executable, startTimeout, counted);
  }
}
