package dev.sluice.gateway.server;

import dev.sluice.gateway.server.SettingKind.Choice;
import dev.sluice.gateway.server.SettingKind.Count;
import dev.sluice.gateway.server.SettingKind.Secret;
import dev.sluice.gateway.server.SettingKind.Size;
import dev.sluice.gateway.server.SettingKind.Text;
import dev.sluice.gateway.server.SettingKind.Time;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * All that can be set, section by section. Each has one name in three spellings: {@code GRPC_PORT}
 * in the environment, {@code --grpc-port} as a flag, and in the file either of them without dashes
 * in front.
 *
 * <p>The order is that of the help and of docs/settings.md, which a test compares with this table;
 * another test asks for one that {@code @Shows} the effect of each.
 */
@SuppressWarnings("ImmutableEnumChecker") // The kinds are records of immutable values.
enum Setting {
  PROFILE(
      Section.GENERAL,
      new Choice(List.of("standard", "high-concurrency", "low-latency", "high-throughput")),
      "standard",
      "Presets for some of the other settings; whatever is set beside it wins."),
  UPSTREAM(
      Section.GENERAL,
      new Text("host:port"),
      "",
      "The name server of the RocketMQ cluster; several separated by ';'. Empty: run an embedded"
          + " RocketMQ with its data in the data folder."),
  DATA_DIR(
      Section.GENERAL,
      new Text("folder"),
      "data",
      "Where the cluster key and the embedded RocketMQ's data are kept."),
  SWEEP_INTERVAL(
      Section.GENERAL,
      time(Duration.ofMillis(10), Duration.ofHours(1)),
      "30s",
      "How often it is looked for sessions and streams that outlived their connection. What two"
          + " looks in succession find is released, and counted as a leak."),
  SHUTDOWN_TIMEOUT(
      Section.GENERAL,
      time(Duration.ofSeconds(1), Duration.ofHours(1)),
      "25s",
      "How long stopping may take before what is left is abandoned. A second signal does not wait"
          + " for it."),
  ROCKETMQ_LOG_LEVEL(
      Section.GENERAL,
      new Choice(List.of("off", "error", "warn", "info", "debug", "trace")),
      "warn",
      "The least important kind of log line that is written; debug and trace hold for Sluice's own"
          + " lines, since libraries would write secrets."),
  LOG_FORMAT(
      Section.GENERAL,
      new Choice(List.of("text", "json")),
      "text",
      "How log lines look: for people, or one JSON object each."),

  BIND_ADDRESS(
      Section.LISTENING,
      new Text("address"),
      "127.0.0.1",
      "The local address that gRPC and HTTP listen on; 0.0.0.0 for all of this machine's."),
  GRPC_PORT(Section.LISTENING, port(), "50051", "The port of gRPC; 0 for any free one."),
  ADVERTISED_ADDRESS(
      Section.LISTENING,
      new Text("host:port"),
      "",
      "Where gateways with the same CLUSTER_KEY find this one's gRPC port. Empty: BIND_ADDRESS, or"
          + " an address of this machine where that is 0.0.0.0, and the port."),
  CLIENT_ENDPOINTS(
      Section.LISTENING,
      new Text("host:port,..."),
      "",
      "Where clients of the official RocketMQ 5 protocol are to reach the topics' queues: one"
          + " address, or several IP addresses separated by commas. Empty: what each client"
          + " dialled."),
  METRICS_PORT(
      Section.LISTENING,
      port(),
      "8080",
      "The port of HTTP: /health, /ready, /metrics and /debug; 0 for any free one."),
  ENABLE_METRICS(
      Section.LISTENING,
      new Choice(List.of("true", "false")),
      "true",
      "Whether /metrics is served and response times are measured. /health and /ready are served in"
          + " any case."),
  MAX_CONCURRENT(
      Section.LISTENING,
      count(1, 1_000_000),
      "1000",
      "The most gRPC connections; calls on further ones are refused."),
  MAX_CONNECTIONS_PER_ADDRESS(
      Section.LISTENING,
      count(0, 1_000_000),
      "0",
      "The most of them from one address, of IPv6 from one network of 64 bits; 0 for as many as"
          + " MAX_CONCURRENT."),
  MAX_STREAMS_PER_CONNECTION(
      Section.LISTENING,
      count(1, 1_000_000),
      "5000",
      "The most streams at once of one gRPC connection: calls that stay open, such as receiving."),
  MAX_SESSIONS_PER_CONNECTION(
      Section.LISTENING,
      count(1, 10_000_000),
      "10000",
      "The most producers and consumers of one gRPC connection."),
  HANDSHAKE_TIMEOUT(
      Section.LISTENING,
      time(Duration.ofMillis(100), Duration.ofMinutes(5)),
      "10s",
      "How long a new gRPC connection may take until it speaks TLS, where that is on, and HTTP/2."),
  ARRIVING_BYTES(
      Section.LISTENING,
      size("40MB", "1TB"),
      "128MB",
      "The most bytes kept of gRPC requests that have not arrived in full, with 1 KB for each and"
          + " 16 KB for each piece. A connection may have as much as it leaves for others, so one"
          + " alone half, and 64 KB in any case; further requests are refused with the advice to"
          + " try again."),
  REQUEST_TIMEOUT(
      Section.LISTENING,
      time(Duration.ofMillis(100), Duration.ofHours(1)),
      "30s",
      "How long a gRPC request may take to arrive in full."),
  WORKER_POOL_SIZE(
      Section.LISTENING,
      count(1, 100_000),
      "100",
      "The most HTTP requests handled at once; further ones are answered with 503. gRPC calls need"
          + " no workers: they are served on the event loops and never block."),
  /** The transport takes less than its minimum for ten seconds, and would not say so. */
  KEEPALIVE_TIME(
      Section.LISTENING,
      time(Duration.ofSeconds(10), Duration.ofHours(1)),
      "30s",
      "After how much silence a gRPC connection is asked whether its other end is still there."),
  KEEPALIVE_TIMEOUT(
      Section.LISTENING,
      time(Duration.ofSeconds(1), Duration.ofMinutes(10)),
      "10s",
      "How long the answer may take before the connection counts as dead, and what it held is given"
          + " back."),

  READ_TIMEOUT(
      Section.UPSTREAMS,
      time(Duration.ofMillis(1), Duration.ofHours(1)),
      "30s",
      "How long callers wait for the upstream to be connected. A single request to it other than a"
          + " send, such as an acknowledgement, gets no more than 3s of this."),
  UPSTREAM_ACCESS_KEY(
      Section.UPSTREAMS,
      new Text("name"),
      "",
      "The access key that the gateway itself has at the message system, where that asks for one;"
          + " goes with UPSTREAM_SECRET_KEY. The service apache.rocketmq.v2.MessagingService works"
          + " under it for callers that the gateway knows (USERS_FILE, API_KEYS_FILE or"
          + " TLS_CLIENT_AUTH), and brokers ask the gateway about transactions by it."),
  UPSTREAM_SECRET_KEY(
      Section.UPSTREAMS, new Secret("secret"), "", "The secret of UPSTREAM_ACCESS_KEY."),
  UPSTREAM_TLS(
      Section.UPSTREAMS,
      new Choice(List.of("off", "on", "signature")),
      "off",
      "Whether name servers and brokers, also those that callers name, are spoken to with TLS. on:"
          + " their certificates must be for the names or addresses that the gateway connects to,"
          + " which are those that brokers register. signature: any certificate that"
          + " UPSTREAM_TLS_CA has signed will do."),
  UPSTREAM_TLS_CA(
      Section.UPSTREAMS,
      new Text("file"),
      "",
      "Those who may sign their certificates, PEM. Empty: those that Java knows."),
  UPSTREAM_TLS_CERT(
      Section.UPSTREAMS,
      new Text("file"),
      "",
      "The certificate to show to those that ask for one, PEM, followed by those that it is signed"
          + " by. It and its key are read when an upstream client is opened."),
  UPSTREAM_TLS_KEY(
      Section.UPSTREAMS,
      new Text("file"),
      "",
      "The private key of UPSTREAM_TLS_CERT, PEM, PKCS #8 without a password."),
  PRODUCER_POOL_SIZE(
      Section.UPSTREAMS,
      count(1, 1024),
      "10",
      "The most connections to each broker. There are no more than this machine has processors, as"
          + " each event loop has one."),
  PRODUCER_CLEANUP_TIMEOUT(
      Section.UPSTREAMS,
      time(Duration.ofMillis(100), Duration.ofHours(24)),
      "30s",
      "How long an upstream client that only producers use stays open unused."),
  CONSUMER_CLEANUP_TIMEOUT(
      Section.UPSTREAMS,
      time(Duration.ofMillis(100), Duration.ofHours(24)),
      "30s",
      "How long an upstream client that consumers use stays open unused."),

  MAX_UPSTREAMS(
      Section.UPSTREAMS,
      count(1, 1_000_000),
      "1000",
      "The most upstream clients, open or about to be: one for each endpoint, instance and set of"
          + " credentials that callers name. Each has its connections to every broker; further ones"
          + " are refused."),

  WRITE_TIMEOUT(
      Section.SENDING,
      time(Duration.ofMillis(1), Duration.ofHours(1)),
      "30s",
      "When a send without an answer is given up; its outcome is unknown then."),
  BATCH_SIZE(
      Section.SENDING, count(1, 100_000), "100", "The most messages sent to the broker at once."),
  FLUSH_INTERVAL(
      Section.SENDING,
      time(Duration.ZERO, Duration.ofMinutes(1)),
      "100ms",
      "The longest that a message waits for others to go with it. Nothing waits while nothing is"
          + " under way."),
  IN_FLIGHT_MESSAGES(
      Section.SENDING,
      count(1, 10_000_000),
      "50000",
      "The most messages accepted and not answered yet; further ones are refused with the advice to"
          + " try again. Each event loop has an equal share."),
  IN_FLIGHT_BYTES(
      Section.SENDING,
      size("1KB", "1TB"),
      "64MB",
      "The same in bytes: bodies, and 512 bytes for each message."),
  INEXACT_DELAY(
      Section.SENDING,
      new Choice(List.of("refuse", "round-up")),
      "refuse",
      "What becomes of a message for a point in time that the brokers cannot keep: those of"
          + " RocketMQ 4.x only have delay levels, by default 18 from 1s to 2h. A time that a level"
          + " meets to the second is kept in any case; another is refused with the levels named, or"
          + " comes after the next longer level, which the answer says. What is later than the"
          + " longest is always refused."),

  MESSAGE_BUFFER_SIZE(
      Section.RECEIVING,
      count(1, 1_000_000),
      "1000",
      "The most unacknowledged messages of one stream; beyond it delivery pauses."),
  MESSAGE_BUFFER_BYTES(
      Section.RECEIVING,
      size("1KB", "1TB"),
      "64MB",
      "The most bytes of their bodies; one message may exceed it."),
  CONSUMER_POOL_SIZE(
      Section.RECEIVING,
      count(1, 1000),
      "20",
      "The most receives under way at once for one group and topic."),
  PULL_TIMEOUT(
      Section.RECEIVING,
      time(Duration.ofMillis(1), Duration.ofMinutes(5)),
      "5s",
      "How long a receive waits at the broker for a first message."),
  PULL_INTERVAL(
      Section.RECEIVING,
      time(Duration.ofMillis(1), Duration.ofMinutes(5)),
      "1s",
      "The pause after a receive that failed."),
  INVISIBLE_DURATION(
      Section.RECEIVING,
      time(Duration.ofSeconds(1), Duration.ofHours(12)),
      "60s",
      "How long a delivered message stays hidden from others unless it is renewed, which happens as"
          + " long as a live stream holds it. When a gateway dies, what it held comes again after"
          + " this."),
  MAX_HOLD(
      Section.RECEIVING,
      time(Duration.ofSeconds(1), Duration.ofHours(24)),
      "15m",
      "How long a live stream may keep a message unacknowledged until it comes again."),
  MAX_ATTEMPTS(
      Section.RECEIVING,
      count(1, 10_000),
      "16",
      "How many times a message is delivered to a group; one that still comes again goes to the"
          + " group's dead letters, the topic '%DLQ%' with the group's name behind it. A broker"
          + " also counts what reached nobody while it was away: a gateway gives such a message"
          + " up to three times itself before it is a dead letter."),
  ORDERED_GROUPS(
      Section.RECEIVING,
      new Text("group,..."),
      "",
      "The groups that consume in order in apache.rocketmq.v2.MessagingService before RocketMQ 4.x,"
          + " whose brokers cannot be told so; several separated by commas, '*' for all. Elsewhere"
          + " the group's configuration on the broker says."),
  SUBSCRIPTION_CONFLICT(
      Section.RECEIVING,
      new Choice(List.of("refuse", "warn")),
      "refuse",
      "What happens to a subscription that differs from what other members of its group ask for on"
          + " the topic, at this gateway or elsewhere, and would take messages from them: it is"
          + " refused with both expressions named, or only told of in the log and counted."),

  ALLOWED_ENDPOINTS(
      Section.SECURITY,
      new Text("host:port,..."),
      "",
      "Further endpoints that callers may name in their requests, separated by commas; '*' allows"
          + " all. The upstream is always allowed."),
  CLUSTER_KEY(
      Section.SECURITY,
      new Secret("key,..."),
      "",
      "The secret that gateways standing for each other share, 64 hex digits; several separated by"
          + " commas, the first seals. Empty: one is made and kept in the data folder."),
  TLS_CERT(
      Section.SECURITY,
      new Text("file"),
      "",
      "The gateway's certificate, PEM, followed by those that it is signed by; for gRPC and HTTP."
          + " Empty: plain text."),
  TLS_KEY(
      Section.SECURITY,
      new Text("file"),
      "",
      "The private key of TLS_CERT, PEM, PKCS #8 without a password."),
  TLS_CLIENT_CA(
      Section.SECURITY,
      new Text("file"),
      "",
      "Those who may sign the callers' certificates, PEM; goes with TLS_CLIENT_AUTH."),
  TLS_CLIENT_AUTH(
      Section.SECURITY,
      new Choice(List.of("none", "required")),
      "none",
      "Whether callers of gRPC need a certificate that TLS_CLIENT_CA has signed."),
  METRICS_CLIENT_AUTH(
      Section.SECURITY,
      new Choice(List.of("same", "none", "required")),
      "same",
      "The same for HTTP, whose probes often have no certificate; same: as TLS_CLIENT_AUTH."),
  API_KEYS_FILE(
      Section.SECURITY,
      new Text("file"),
      "",
      "A YAML file of API keys, which callers of gRPC then need; 'sluice key create' makes its"
          + " entries. Empty: everyone may call."),
  USERS_FILE(
      Section.SECURITY,
      new Text("file"),
      "",
      "A YAML file of users, their secrets and permissions, as docs/security.md has it. Callers of"
          + " apache.rocketmq.v2.MessagingService then sign as one of them, and other services"
          + " need API_KEYS_FILE. Empty: signatures are not looked at."),
  SIGNATURE_MAX_SKEW(
      Section.SECURITY,
      time(Duration.ZERO, Duration.ofHours(24)),
      "15h",
      "How far the date of a signature may be from the gateway's clock. Official clients write the"
          + " time of their own zone as if it were UTC's, up to 14h off; where all of them are"
          + " known to be in zones near UTC, less is safer, since whoever has seen a signature can"
          + " repeat it for as long. 0ms: not looked at."),
  RELOAD_INTERVAL(
      Section.SECURITY,
      time(Duration.ofMillis(10), Duration.ofHours(24)),
      "10s",
      "How often the files of TLS, of API keys and of users are looked at; changes are used at the"
          + " second look that finds them."),
  DEBUG_TOKEN(
      Section.SECURITY,
      new Secret("token"),
      "",
      "With it as 'Authorization: Bearer <token>', /debug is served to other machines too; 16 to"
          + " 256 visible characters. Empty: to this machine only.");

  private final Section section;
  private final SettingKind kind;
  private final String standard;
  private final String description;

  /** What a setting is about. */
  enum Section {
    GENERAL("The gateway"),
    LISTENING("Listening"),
    UPSTREAMS("Connections to the message system"),
    SENDING("Sending"),
    RECEIVING("Receiving"),
    SECURITY("Security");

    private final String title;

    Section(String title) {
      this.title = title;
    }

    String title() {
      return title;
    }
  }

  Setting(Section section, SettingKind kind, String standard, String description) {
    this.section = section;
    this.kind = kind;
    this.standard = standard;
    this.description = description;
  }

  Section section() {
    return section;
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

  /** A secret is never a flag, which the list of processes would show, and never shown. */
  boolean secret() {
    return kind instanceof Secret;
  }

  String flag() {
    return "--" + key();
  }

  /** As it is usually written in the file. */
  String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
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

  private static SettingKind size(String low, String high) {
    return Size.between(low, high);
  }
}
