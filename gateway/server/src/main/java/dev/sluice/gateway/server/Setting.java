package dev.sluice.gateway.server;

import dev.sluice.gateway.server.SettingKind.Choice;
import dev.sluice.gateway.server.SettingKind.Count;
import dev.sluice.gateway.server.SettingKind.Text;
import dev.sluice.gateway.server.SettingKind.Time;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * All that can be set. Each has one name in three spellings: {@code GRPC_PORT} in the environment,
 * {@code --grpc-port} as a flag, and in the file either of them without dashes in front.
 */
@SuppressWarnings("ImmutableEnumChecker") // The kinds are records of immutable values.
enum Setting {
  UPSTREAM(
      new Text("host:port"),
      "",
      "The name server of the RocketMQ cluster; several separated by ';'. Empty: run an embedded"
          + " RocketMQ with its data in the data folder."),
  ALLOWED_ENDPOINTS(
      new Text("host:port,..."),
      "",
      "Further endpoints that callers may name in their requests, separated by commas; '*' allows"
          + " all. The upstream is always allowed."),
  BIND_ADDRESS(
      new Text("address"),
      "127.0.0.1",
      "The local address that gRPC and HTTP listen on; 0.0.0.0 for all of this machine's."),
  GRPC_PORT(port(), "50051", "The port of gRPC; 0 for any free one."),
  METRICS_PORT(
      port(), "8080", "The port of HTTP: /health, /ready and /metrics; 0 for any free one."),
  ENABLE_METRICS(
      new Choice(List.of("true", "false")),
      "true",
      "Whether /metrics is served and response times are measured. /health and /ready are served in"
          + " any case."),
  DATA_DIR(
      new Text("folder"),
      "data",
      "Where the cluster key and the embedded RocketMQ's data are kept."),
  CLUSTER_KEY(
      new Text("key,..."),
      "",
      "The secret that gateways standing for each other share, 64 hex digits; several separated by"
          + " commas, the first seals. Empty: one is made and kept in the data folder. Not as a"
          + " flag: the list of processes shows flags."),
  MAX_CONCURRENT(
      count(1, 1_000_000), "1000", "The most gRPC connections; calls on further ones are refused."),
  READ_TIMEOUT(
      time(Duration.ofMillis(1), Duration.ofHours(1)),
      "30s",
      "How long callers wait for the upstream to be connected."),
  WRITE_TIMEOUT(
      time(Duration.ofMillis(1), Duration.ofHours(1)),
      "30s",
      "When a send without an answer is given up; its outcome is unknown then."),
  PRODUCER_POOL_SIZE(
      count(1, 1024),
      "10",
      "The most connections to each broker. There are no more than this machine has processors, as"
          + " each event loop has one."),
  CONSUMER_POOL_SIZE(
      count(1, 1000), "20", "The most receives under way at once for one group and topic."),
  MESSAGE_BUFFER_SIZE(
      count(1, 1_000_000),
      "1000",
      "The most unacknowledged messages of one stream; beyond it delivery pauses."),
  WORKER_POOL_SIZE(
      count(1, 100_000),
      "100",
      "The most HTTP requests handled at once; further ones are answered with 503."),
  BATCH_SIZE(count(1, 100_000), "100", "The most messages sent to the broker at once."),
  FLUSH_INTERVAL(
      time(Duration.ZERO, Duration.ofMinutes(1)),
      "100ms",
      "The longest that a message waits for others to go with it. Nothing waits while nothing is"
          + " under way."),
  PULL_TIMEOUT(
      time(Duration.ofMillis(1), Duration.ofMinutes(5)),
      "5s",
      "How long a receive waits at the broker for a first message."),
  PULL_INTERVAL(
      time(Duration.ofMillis(1), Duration.ofMinutes(5)),
      "1s",
      "The pause after a receive that failed."),
  MAX_HOLD(
      time(Duration.ofSeconds(1), Duration.ofHours(24)),
      "15m",
      "How long a live stream may keep a message unacknowledged until it comes again."),
  PRODUCER_CLEANUP_TIMEOUT(
      time(Duration.ofMillis(100), Duration.ofHours(24)),
      "30s",
      "How long an upstream client that only producers use stays open unused."),
  CONSUMER_CLEANUP_TIMEOUT(
      time(Duration.ofMillis(100), Duration.ofHours(24)),
      "30s",
      "How long an upstream client that consumers use stays open unused."),
  SHUTDOWN_TIMEOUT(
      time(Duration.ofSeconds(1), Duration.ofHours(1)),
      "25s",
      "How long stopping may take before what is left is abandoned."),
  ROCKETMQ_LOG_LEVEL(
      new Choice(List.of("off", "error", "warn", "info", "debug", "trace")),
      "warn",
      "The least important kind of log line that is written."),
  LOG_FORMAT(
      new Choice(List.of("text", "json")),
      "text",
      "How log lines look: for people, or one JSON object each.");

  private final SettingKind kind;
  private final String standard;
  private final String description;

  Setting(SettingKind kind, String standard, String description) {
    this.kind = kind;
    this.standard = standard;
    this.description = description;
  }

  SettingKind kind() {
    return kind;
  }

  /** The value where nothing is set, as text. */
  String standard() {
    return standard;
  }

  String description() {
    return description;
  }

  /** A secret is never a flag, and never shown. */
  boolean secret() {
    return this == CLUSTER_KEY;
  }

  String flag() {
    return "--" + name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The setting that a key of the file names. */
  static Optional<Setting> named(String key) {
    String name = key.toUpperCase(Locale.ROOT).replace('-', '_');
    for (Setting setting : values()) {
      if (setting.name().equals(name)) {
        return Optional.of(setting);
      }
    }
    return Optional.empty();
  }

  private static SettingKind port() {
    return new Count(0, 65_535, "port");
  }

  private static SettingKind count(int low, int high) {
    return new Count(low, high, "number");
  }

  private static SettingKind time(Duration low, Duration high) {
    return new Time(low, high);
  }
}
