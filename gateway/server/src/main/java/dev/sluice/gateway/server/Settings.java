package dev.sluice.gateway.server;

import dev.sluice.gateway.spi.Credentials;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.upstreams.ClusterKey;
import dev.sluice.gateway.upstreams.EndpointAllowList;
import dev.sluice.gateway.upstreams.GatewaySettings;
import dev.sluice.rocketmq.remoting.TlsOptions;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * All that a gateway process is told, validated. Immutable.
 *
 * @param network where and how it listens
 * @param upstream the configured upstream; empty for the embedded engine
 * @param upstreamCredentials the gateway's own there; none where it has none
 * @param allowedEndpoints where else callers may go
 * @param dataFolder where the cluster key and the engine's data are
 * @param clusterKey the shared secret; empty for the one kept in the data folder
 * @param eventLoops how many threads serve all connections
 * @param core about sessions, sending and receiving
 * @param brokers how the brokers are treated
 * @param shutdownTimeout how long stopping may take
 * @param logLevel the least that is written to the log
 * @param logForm how log lines look
 */
public record Settings(
    Network network,
    Optional<String> upstream,
    Credentials upstreamCredentials,
    List<String> allowedEndpoints,
    Path dataFolder,
    Optional<ClusterKey> clusterKey,
    int eventLoops,
    GatewaySettings core,
    BrokerTerms brokers,
    Duration shutdownTimeout,
    LogLevel logLevel,
    Logs.Form logForm) {

  /** The scheme of RocketMQ's endpoints, and of those without one. */
  static final String SCHEME = "rocketmq";

  /**
   * About listening.
   *
   * @param address the local address
   * @param advertised where other gateways find this one
   * @param clientEndpoints where clients of the second service are to find it; empty for where they
   *     did
   * @param grpcPort 0 for any free port
   * @param httpPort 0 for any free port
   * @param metrics whether there are any
   * @param access who may come in, and how much they may have
   * @param arrivals how much of requests may have arrived that are not complete
   * @param httpRequests the most HTTP requests at once
   * @param keepAlive after how much silence a gRPC connection is asked whether it lives
   * @param keepAliveTimeout how long the answer may take
   * @param debugToken what opens /debug to other machines; empty where nothing does
   */
  record Network(
      InetAddress address,
      AdvertisedAddress advertised,
      List<String> clientEndpoints,
      int grpcPort,
      int httpPort,
      boolean metrics,
      AccessSettings access,
      ArrivalLimits arrivals,
      int httpRequests,
      Duration keepAlive,
      Duration keepAliveTimeout,
      Optional<DebugToken> debugToken) {}

  /**
   * Reads the settings: a flag over the environment over the file over the profile over the
   * default.
   *
   * @param flags those given as flags
   * @param file the file named by a flag; where there is none, the variable SLUICE_CONFIG names it
   * @param environment the variables
   * @throws InvalidSettingsException which names all that is wrong
   */
  static Settings read(
      Map<Setting, String> flags, Optional<Path> file, Map<String, String> environment) {
    return of(SettingValues.read(flags, file, environment));
  }

  /**
   * What the values say.
   *
   * @throws InvalidSettingsException which names all that is wrong
   */
  static Settings of(SettingValues values) {
    Optional<String> upstream =
        Optional.of(values.text(Setting.UPSTREAM)).filter(text -> !text.isEmpty());
    List<String> allowed = list(values, Setting.ALLOWED_ENDPOINTS, "[,;]");
    checkEndpoints(values, upstream, allowed);
    Optional<InetAddress> address = address(values);
    Optional<AdvertisedAddress> advertised =
        address.flatMap(bound -> AdvertisedAddress.of(values, bound));
    List<String> clientEndpoints = ClientEndpoints.of(values);
    Optional<Path> data = folder(values);
    Optional<ClusterKey> key = clusterKey(values);
    Optional<DebugToken> token = debugToken(values);
    Credentials credentials = upstreamCredentials(values);
    AccessSettings access = AccessSettings.of(values);
    Optional<TlsOptions> brokerTls = BrokerTls.of(values);
    values.check();
    return new Settings(
        new Network(
            address.orElseThrow(),
            advertised.orElseThrow(),
            clientEndpoints,
            values.number(Setting.GRPC_PORT),
            values.number(Setting.METRICS_PORT),
            values.isTrue(Setting.ENABLE_METRICS),
            access,
            new ArrivalLimits(
                values.size(Setting.ARRIVING_BYTES), values.time(Setting.REQUEST_TIMEOUT)),
            values.number(Setting.WORKER_POOL_SIZE),
            values.time(Setting.KEEPALIVE_TIME),
            values.time(Setting.KEEPALIVE_TIMEOUT),
            token),
        upstream,
        credentials,
        allowed,
        data.orElseThrow(),
        key,
        eventLoops(values),
        core(values),
        new BrokerTerms(
            values.time(Setting.READ_TIMEOUT),
            values.text(Setting.INEXACT_DELAY).equals("round-up"),
            Set.copyOf(list(values, Setting.ORDERED_GROUPS, ",")),
            brokerTls),
        values.time(Setting.SHUTDOWN_TIMEOUT),
        LogLevel.valueOf(values.text(Setting.ROCKETMQ_LOG_LEVEL).toUpperCase(Locale.ROOT)),
        Logs.Form.valueOf(values.text(Setting.LOG_FORMAT).toUpperCase(Locale.ROOT)));
  }

  private static List<String> list(SettingValues values, Setting setting, String separator) {
    return Stream.of(values.text(setting).split(separator, -1))
        .map(String::strip)
        .filter(text -> !text.isEmpty())
        .toList();
  }

  /** How many event loops there will be, each with one connection to each broker. */
  static int eventLoops(SettingValues values) {
    return Math.min(
        Runtime.getRuntime().availableProcessors(), values.number(Setting.PRODUCER_POOL_SIZE));
  }

  private static GatewaySettings core(SettingValues values) {
    var send = GatewaySettings.SendSettings.DEFAULTS;
    var receive = GatewaySettings.ReceiveSettings.DEFAULTS;
    return new GatewaySettings(
        new GatewaySettings.SendSettings(
            values.number(Setting.BATCH_SIZE),
            values.time(Setting.FLUSH_INTERVAL),
            send.flights(),
            values.number(Setting.IN_FLIGHT_MESSAGES),
            values.size(Setting.IN_FLIGHT_BYTES),
            values.time(Setting.WRITE_TIMEOUT)),
        new GatewaySettings.ReceiveSettings(
            values.number(Setting.MESSAGE_BUFFER_SIZE),
            values.size(Setting.MESSAGE_BUFFER_BYTES),
            values.number(Setting.CONSUMER_POOL_SIZE),
            receive.pollBatch(),
            values.time(Setting.PULL_TIMEOUT),
            values.time(Setting.PULL_INTERVAL),
            values.time(Setting.INVISIBLE_DURATION),
            values.time(Setting.MAX_HOLD),
            values.number(Setting.MAX_ATTEMPTS)),
        new GatewaySettings.UpstreamSettings(
            values.time(Setting.PRODUCER_CLEANUP_TIMEOUT),
            values.time(Setting.CONSUMER_CLEANUP_TIMEOUT),
            values.time(Setting.READ_TIMEOUT),
            values.number(Setting.MAX_UPSTREAMS)),
        new GatewaySettings.GroupSettings(
            values.text(Setting.SUBSCRIPTION_CONFLICT).equals("refuse")),
        values.time(Setting.SWEEP_INTERVAL));
  }

  private static void checkEndpoints(
      SettingValues values, Optional<String> upstream, List<String> allowed) {
    upstream.ifPresent(text -> checkEndpoint(values, Setting.UPSTREAM, text));
    allowed.stream()
        .filter(text -> !text.equals(EndpointAllowList.ANY))
        .forEach(text -> checkEndpoint(values, Setting.ALLOWED_ENDPOINTS, text));
  }

  private static void checkEndpoint(SettingValues values, Setting setting, String text) {
    try {
      EndpointAllowList.of(Set.of(SCHEME), SCHEME, text, List.of());
    } catch (GatewayException e) {
      values.problem(setting, text, "host:port, several separated by ';'");
    }
  }

  private static Optional<InetAddress> address(SettingValues values) {
    String text = values.text(Setting.BIND_ADDRESS);
    try {
      if (!text.isEmpty()) {
        return Optional.of(InetAddress.getByName(text));
      }
    } catch (UnknownHostException e) {
      // Told below.
    }
    values.problem(
        Setting.BIND_ADDRESS, text, "an address of this machine, such as 127.0.0.1 or 0.0.0.0");
    return Optional.empty();
  }

  private static Optional<Path> folder(SettingValues values) {
    String text = values.text(Setting.DATA_DIR);
    try {
      if (!text.isEmpty()) {
        return Optional.of(Path.of(text).toAbsolutePath().normalize());
      }
    } catch (InvalidPathException e) {
      // Told below.
    }
    values.problem(Setting.DATA_DIR, text, "the path of a folder");
    return Optional.empty();
  }

  private static Optional<ClusterKey> clusterKey(SettingValues values) {
    String text = values.text(Setting.CLUSTER_KEY);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(ClusterKey.parse(text));
    } catch (IllegalArgumentException e) {
      values.problem(
          Setting.CLUSTER_KEY, text, "1 to 8 keys separated by commas, each of 64 hex digits");
      return Optional.empty();
    }
  }

  private static Credentials upstreamCredentials(SettingValues values) {
    String accessKey = values.text(Setting.UPSTREAM_ACCESS_KEY);
    String secretKey = values.text(Setting.UPSTREAM_SECRET_KEY);
    if (accessKey.isEmpty() && !secretKey.isEmpty()) {
      values.problem(Setting.UPSTREAM_ACCESS_KEY, "(not set)", "the name of UPSTREAM_SECRET_KEY");
    }
    if (secretKey.isEmpty() && !accessKey.isEmpty()) {
      values.problem(Setting.UPSTREAM_SECRET_KEY, "(not set)", "the secret of UPSTREAM_ACCESS_KEY");
    }
    return new Credentials(accessKey, secretKey);
  }

  private static Optional<DebugToken> debugToken(SettingValues values) {
    String text = values.text(Setting.DEBUG_TOKEN);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(DebugToken.parse(text));
    } catch (IllegalArgumentException e) {
      values.problem(Setting.DEBUG_TOKEN, text, DebugToken.EXPECTED);
      return Optional.empty();
    }
  }
}
