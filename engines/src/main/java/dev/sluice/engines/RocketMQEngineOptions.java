package dev.sluice.engines;

import dev.sluice.lifecycle.Ledger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How to run a RocketMQ engine.
 *
 * @param version which RocketMQ
 * @param dataDirectory keeps messages, offsets, logs and configuration; created when missing; one
 *     engine at a time, always of the same version
 * @param libDirectory holds the jars of RocketMQ's name server and broker
 * @param nameServerPort where clients look up brokers
 * @param brokerPort where the broker listens; the port two below it is used too, and the one above
 *     must be free during the start
 * @param javaHome the Java that runs it, 21 or later
 * @param heapMegabytes its largest heap, at least 128
 * @param jvmOptions more options for its JVM, after ours
 * @param brokerSettings settings for the broker's configuration file, over ours
 * @param accounts who may call a broker of RocketMQ 4; where empty, anyone
 * @param tls of both servers; null for none
 * @param startTimeout how long a start may take
 * @param ownerPid a process whose end also ends the engine; by default only this one
 * @param ledger where the engine is counted while it is open
 * @param progress takes lines for a waiting user, on any thread; must not block
 */
public record RocketMQEngineOptions(
    RocketMQVersion version,
    Path dataDirectory,
    Path libDirectory,
    EnginePort nameServerPort,
    EnginePort brokerPort,
    Path javaHome,
    int heapMegabytes,
    List<String> jvmOptions,
    Map<String, String> brokerSettings,
    List<AclAccount> accounts,
    @Nullable EngineTls tls,
    Duration startTimeout,
    @Nullable Long ownerPid,
    Ledger ledger,
    Consumer<String> progress) {

  private static final int LEAST_HEAP = 128;

  /** Checks the values that need no look at the machine. */
  public RocketMQEngineOptions {
    dataDirectory = dataDirectory.toAbsolutePath().normalize();
    libDirectory = libDirectory.toAbsolutePath().normalize();
    jvmOptions = List.copyOf(jvmOptions);
    brokerSettings = Map.copyOf(brokerSettings);
    version.check(brokerSettings);
    accounts = List.copyOf(accounts);
    if (!accounts.isEmpty() && version != RocketMQVersion.V4) {
      throw new IllegalArgumentException(
          "accounts: %s of RocketMQ %s (expected: none; see authenticating)"
              .formatted(accounts, version));
    }
    if (heapMegabytes < LEAST_HEAP) {
      throw new IllegalArgumentException(
          "heapMegabytes: " + heapMegabytes + " (expected: >= " + LEAST_HEAP + ")");
    }
    if (startTimeout.isNegative() || startTimeout.isZero()) {
      throw new IllegalArgumentException("startTimeout: " + startTimeout + " (expected: > 0)");
    }
  }

  /** The Java that runs us. */
  static Path ownJavaHome() {
    return Path.of(System.getProperty("java.home"));
  }

  /**
   * Where the build collects the servers of RocketMQ 5.
   *
   * @throws IllegalStateException as {@link RocketMQVersion#builtLibDirectory()}
   */
  public static Path builtLibDirectory() {
    return RocketMQVersion.V5.builtLibDirectory();
  }

  static Path sourceRoot() {
    String root = System.getProperty("sluice.root");
    if (root == null) {
      throw new IllegalStateException(
          "system property sluice.root: not set (expected: the root of the source tree, or the"
              + " directories given)");
    }
    return Path.of(root);
  }

  /** Collects options. Not safe for use by several threads. */
  public static final class Builder {
    private final Path dataDirectory;
    private RocketMQVersion version = RocketMQVersion.V5;
    private @Nullable Path libDirectory;
    private EnginePort nameServerPort = EnginePort.free();
    private EnginePort brokerPort = EnginePort.free();
    private Path javaHome = ownJavaHome();
    private int heapMegabytes = 512;
    private final List<String> jvmOptions = new ArrayList<>();
    private final Map<String, String> brokerSettings = new LinkedHashMap<>();
    private final List<AclAccount> accounts = new ArrayList<>();
    private @Nullable EngineTls tls;
    private Duration startTimeout = Duration.ofMinutes(2);
    private @Nullable Long ownerPid;
    private @Nullable Ledger ledger;
    private Consumer<String> progress = line -> {};

    Builder(Path dataDirectory) {
      this.dataDirectory = Objects.requireNonNull(dataDirectory, "dataDirectory");
    }

    /** Which RocketMQ; 5.5.0 by default. */
    public Builder version(RocketMQVersion version) {
      this.version = version;
      return this;
    }

    /** Where the servers' jars are; {@link RocketMQVersion#builtLibDirectory()} by default. */
    public Builder libDirectory(Path libDirectory) {
      this.libDirectory = libDirectory;
      return this;
    }

    /** The name server's port; free by default. */
    public Builder nameServerPort(EnginePort port) {
      this.nameServerPort = port;
      return this;
    }

    /** The broker's port; free by default. */
    public Builder brokerPort(EnginePort port) {
      this.brokerPort = port;
      return this;
    }

    /** The Java to use; the one that runs us by default. */
    public Builder javaHome(Path javaHome) {
      this.javaHome = javaHome;
      return this;
    }

    /** The largest heap; 512 by default. */
    public Builder heapMegabytes(int heapMegabytes) {
      this.heapMegabytes = heapMegabytes;
      return this;
    }

    /** More options for the JVM. */
    public Builder jvmOptions(String... options) {
      jvmOptions.addAll(List.of(options));
      return this;
    }

    /**
     * For engines that live for a few tests: a third less work until it is ready, and less memory,
     * for a lower rate later.
     */
    public Builder quickStart() {
      return jvmOptions("-XX:TieredStopAtLevel=1").heapMegabytes(256);
    }

    /** One setting of the broker's configuration file. */
    public Builder brokerSetting(String name, String value) {
      brokerSettings.put(name, value);
      return this;
    }

    /**
     * Has a broker of RocketMQ 5 ask its callers who they are, and know one user, who may do
     * everything. The engine is started when the broker serves that user.
     */
    public Builder authenticating(String accessKey, String secretKey) {
      String providers = "org.apache.rocketmq.auth.authentication.provider.";
      return brokerSetting("authenticationEnabled", "true")
          .brokerSetting("authenticationProvider", providers + "DefaultAuthenticationProvider")
          .brokerSetting(
              "authenticationMetadataProvider", providers + "LocalAuthenticationMetadataProvider")
          .brokerSetting("authConfigPath", dataDirectory.resolve("auth").toString())
          .brokerSetting(
              "initAuthenticationUser",
              "{\"username\":\"%s\",\"password\":\"%s\"}".formatted(accessKey, secretKey))
          .brokerSetting(
              "innerClientAuthenticationCredentials",
              "{\"accessKey\":\"%s\",\"secretKey\":\"%s\"}".formatted(accessKey, secretKey));
    }

    /**
     * Has a broker of RocketMQ 4 ask its callers who they are. One of the accounts at least should
     * be an admin's: the engine asks as that one whether the broker is ready.
     */
    public Builder accounts(AclAccount... accounts) {
      this.accounts.addAll(List.of(accounts));
      return brokerSetting("aclEnable", "true");
    }

    /** Has both servers talk TLS, and nothing else. */
    public Builder tls(EngineTls tls) {
      this.tls = tls;
      return this;
    }

    /** How long a start may take; 120 s by default, for busy machines. */
    public Builder startTimeout(Duration startTimeout) {
      this.startTimeout = startTimeout;
      return this;
    }

    /** Another process whose end also ends the engine. */
    public Builder ownerPid(long ownerPid) {
      this.ownerPid = ownerPid;
      return this;
    }

    /** Where the engine is counted; a ledger of its own by default. */
    public Builder ledger(Ledger ledger) {
      this.ledger = ledger;
      return this;
    }

    /** Takes lines for a waiting user. */
    public Builder progress(Consumer<String> progress) {
      this.progress = progress;
      return this;
    }

    /** The options, checked. */
    public RocketMQEngineOptions build() {
      return new RocketMQEngineOptions(
          version,
          dataDirectory,
          libDirectory == null ? version.builtLibDirectory() : libDirectory,
          nameServerPort,
          brokerPort,
          javaHome,
          heapMegabytes,
          jvmOptions,
          brokerSettings,
          accounts,
          tls,
          startTimeout,
          ownerPid,
          ledger == null ? Ledger.create() : ledger,
          progress);
    }

    /** {@link RocketMQEngine#start(RocketMQEngineOptions)} with these options. */
    public RocketMQEngine start() {
      return RocketMQEngine.start(build());
    }
  }
}
