package dev.sluice.engines;

import dev.sluice.lifecycle.Ledger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How to run a Kafka engine.
 *
 * @param dataDirectory keeps topics, offsets and configuration; created when missing; one engine at
 *     a time
 * @param libDirectory holds the jars of Kafka's broker
 * @param port where the broker listens
 * @param network where the broker listens besides, for clients that come through a network that a
 *     test can break; null for nowhere
 * @param heapMegabytes its largest heap, at least 128
 * @param brokerSettings settings for the broker, over ours
 * @param startTimeout how long a start may take
 * @param ledger where the engine is counted while it is open
 */
public record KafkaEngineOptions(
    Path dataDirectory,
    Path libDirectory,
    EnginePort port,
    @Nullable Network network,
    int heapMegabytes,
    Map<String, String> brokerSettings,
    Duration startTimeout,
    Ledger ledger) {

  private static final int LEAST_HEAP = 128;

  /** Checks the values that need no look at the machine. */
  public KafkaEngineOptions {
    dataDirectory = dataDirectory.toAbsolutePath().normalize();
    libDirectory = libDirectory.toAbsolutePath().normalize();
    brokerSettings = Map.copyOf(brokerSettings);
    if (heapMegabytes < LEAST_HEAP) {
      throw new IllegalArgumentException(
          "heapMegabytes: " + heapMegabytes + " (expected: >= " + LEAST_HEAP + ")");
    }
    if (startTimeout.isNegative() || startTimeout.isZero()) {
      throw new IllegalArgumentException("startTimeout: " + startTimeout + " (expected: > 0)");
    }
  }

  /**
   * A second listener. Kafka's clients connect to where a broker tells them to, so that a network
   * between them must be told of.
   *
   * @param port where the broker listens
   * @param advertisedPort where it tells the clients of this listener to connect
   */
  public record Network(int port, int advertisedPort) {}

  /** Collects options. Not safe for use by several threads. */
  public static final class Builder {
    private final Path dataDirectory;
    private @Nullable Path libDirectory;
    private EnginePort port = EnginePort.free();
    private @Nullable Network network;
    private int heapMegabytes = 256;
    private final Map<String, String> brokerSettings = new LinkedHashMap<>();
    private Duration startTimeout = Duration.ofMinutes(2);
    private @Nullable Ledger ledger;

    Builder(Path dataDirectory) {
      this.dataDirectory = Objects.requireNonNull(dataDirectory, "dataDirectory");
    }

    /** Where the broker's jars are; where the build collects them by default. */
    public Builder libDirectory(Path libDirectory) {
      this.libDirectory = libDirectory;
      return this;
    }

    /** The broker's port; free by default. */
    public Builder port(EnginePort port) {
      this.port = port;
      return this;
    }

    /** Another port to listen on, for clients that connect to the advertised one. */
    public Builder network(int port, int advertisedPort) {
      this.network = new Network(port, advertisedPort);
      return this;
    }

    /** The largest heap; 256 by default. */
    public Builder heapMegabytes(int heapMegabytes) {
      this.heapMegabytes = heapMegabytes;
      return this;
    }

    /** One setting of the broker. */
    public Builder brokerSetting(String name, String value) {
      brokerSettings.put(name, value);
      return this;
    }

    /** How long a start may take; 120 s by default, for busy machines. */
    public Builder startTimeout(Duration startTimeout) {
      this.startTimeout = startTimeout;
      return this;
    }

    /** Where the engine is counted; a ledger of its own by default. */
    public Builder ledger(Ledger ledger) {
      this.ledger = ledger;
      return this;
    }

    /** The options, checked. */
    public KafkaEngineOptions build() {
      return new KafkaEngineOptions(
          dataDirectory,
          libDirectory == null ? builtLibDirectory() : libDirectory,
          port,
          network,
          heapMegabytes,
          brokerSettings,
          startTimeout,
          ledger == null ? Ledger.create() : ledger);
    }

    /** {@link KafkaEngine#start(KafkaEngineOptions)} with these options. */
    public KafkaEngine start() {
      return KafkaEngine.start(build());
    }

    private static Path builtLibDirectory() {
      return RocketMQEngineOptions.sourceRoot().resolve("engines/kafka/target/lib");
    }
  }
}
