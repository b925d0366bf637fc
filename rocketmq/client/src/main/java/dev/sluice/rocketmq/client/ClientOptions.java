package dev.sluice.rocketmq.client;

import dev.sluice.rocketmq.remoting.Credentials;
import dev.sluice.rocketmq.remoting.Endpoint;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * How clients find and talk to a cluster; what producers and consumers have in common. Immutable.
 *
 * <p>Producers and consumers with the same client id and name servers share one runtime in the
 * process: connections, routes, heartbeats and timers. They must agree on what those are made with:
 * {@link #callTimeout}, {@link #vipChannel}, {@link #tls}, the {@linkplain AddressServer address
 * server's} interval and snapshot, and the credentials. A start that does not agree with those
 * before is refused as INVALID_ARGUMENT.
 *
 * <p>The client id, {@code ip@instance} or {@code ip@instance#unit}, tells members of a consumer
 * group apart: two consumers of one group need two, also within one process.
 */
public final class ClientOptions {
  /** The instance name that stands for this process. */
  public static final String DEFAULT_INSTANCE = "DEFAULT";

  private final List<Endpoint> nameServers;
  private final @Nullable AddressServer addressServer;
  private final @Nullable ClientTls tls;
  private final String instanceName;
  private final String clientIp;
  private final @Nullable String unitName;
  private final String namespace;
  private final @Nullable Credentials credentials;
  private final int attempts;
  private final Duration callTimeout;
  private final boolean vipChannel;
  private final @Nullable Executor callbackExecutor;
  private final Thread.@Nullable UncaughtExceptionHandler uncaughtHandler;
  private final String clientId;

  private ClientOptions(Builder from) {
    this.addressServer = from.addressServer;
    this.nameServers = addressServer == null ? parse(from.addresses) : List.of();
    this.tls = from.tls;
    this.instanceName = from.instanceName;
    this.clientIp = from.clientIp == null ? LocalAddress.find() : from.clientIp;
    this.unitName = from.unitName;
    this.namespace = from.namespace;
    this.credentials = from.credentials;
    this.attempts = Checks.range("attempts", from.attempts, 1, 16);
    this.callTimeout =
        Checks.range("callTimeout", from.callTimeout, Duration.ofMillis(1), Duration.ofHours(1));
    this.vipChannel = from.vipChannel;
    this.callbackExecutor = from.callbackExecutor;
    this.uncaughtHandler = from.uncaughtHandler;
    String instance =
        instanceName.equals(DEFAULT_INSTANCE) ? LocalAddress.thisProcess() : instanceName;
    this.clientId = clientIp + '@' + instance + (unitName == null ? "" : '#' + unitName);
  }

  /**
   * Options for these name servers.
   *
   * @param nameServers {@code host:port}, several separated by {@code ;} or {@code ,}
   */
  public static Builder builder(String nameServers) {
    return new Builder(nameServers, null);
  }

  /** Options for the name servers that this server tells. */
  public static Builder builder(AddressServer addressServer) {
    return new Builder("", addressServer);
  }

  private static List<Endpoint> parse(String addresses) {
    try {
      List<Endpoint> all =
          Arrays.stream(addresses.split("[;,]", -1))
              .filter(each -> !each.isBlank())
              .map(Endpoint::parse)
              .distinct()
              .toList();
      if (all.isEmpty()) {
        throw RocketMQException.invalid(
            "nameServers", "'" + addresses + "'", "host:port, at least one");
      }
      return all;
    } catch (IllegalArgumentException e) {
      throw RocketMQException.of(
          RocketMQException.Category.INVALID_ARGUMENT, "nameServers: " + e.getMessage(), e);
    }
  }

  /** The name servers, {@code host:port} each; none where an address server tells them. */
  public List<String> nameServers() {
    return nameServers.stream().map(Endpoint::toString).toList();
  }

  /** For the other modules of this library: the name servers. */
  public List<Endpoint> endpoints() {
    return nameServers;
  }

  /** What tells the name servers; empty where they are listed. */
  public Optional<AddressServer> addressServer() {
    return Optional.ofNullable(addressServer);
  }

  /** See {@link Builder#tls}; empty for none. */
  public Optional<ClientTls> tls() {
    return Optional.ofNullable(tls);
  }

  /** See {@link Builder#instanceName}. */
  public String instanceName() {
    return instanceName;
  }

  /** See {@link Builder#clientIp}. */
  public String clientIp() {
    return clientIp;
  }

  /** See {@link Builder#unitName}. */
  public Optional<String> unitName() {
    return Optional.ofNullable(unitName);
  }

  /** See {@link Builder#namespace}; empty for none. */
  public String namespace() {
    return namespace;
  }

  /** The access key of the credentials; the secret key is never shown. */
  public Optional<String> accessKey() {
    return Optional.ofNullable(credentials).map(Credentials::accessKey);
  }

  /** For the other modules of this library: what to sign with. */
  public @Nullable Credentials credentials() {
    return credentials;
  }

  /** See {@link Builder#attempts}. */
  public int attempts() {
    return attempts;
  }

  /** See {@link Builder#callTimeout}. */
  public Duration callTimeout() {
    return callTimeout;
  }

  /** See {@link Builder#vipChannel}. */
  public boolean vipChannel() {
    return vipChannel;
  }

  /** For the other modules of this library: see {@link Builder#callbackExecutor}. */
  public @Nullable Executor callbackExecutor() {
    return callbackExecutor;
  }

  /** For the other modules of this library: see {@link Builder#uncaughtHandler}. */
  public Thread.@Nullable UncaughtExceptionHandler uncaughtHandler() {
    return uncaughtHandler;
  }

  /** How brokers know this client: {@code ip@instance}, or {@code ip@instance#unit}. */
  public String clientId() {
    return clientId;
  }

  @Override
  public String toString() {
    return "ClientOptions["
        + clientId
        + " at "
        + (addressServer == null ? nameServers : addressServer)
        + ']';
  }

  /** Collects {@link ClientOptions}. Not safe for use by several threads. */
  public static final class Builder {
    private final String addresses;
    private final @Nullable AddressServer addressServer;
    private @Nullable ClientTls tls;
    private String instanceName = DEFAULT_INSTANCE;
    private @Nullable String clientIp;
    private @Nullable String unitName;
    private String namespace = "";
    private @Nullable Credentials credentials;
    private int attempts = 3;
    private Duration callTimeout = Duration.ofSeconds(3);
    private boolean vipChannel;
    private @Nullable Executor callbackExecutor;
    private Thread.@Nullable UncaughtExceptionHandler uncaughtHandler;

    private Builder(String addresses, @Nullable AddressServer addressServer) {
      this.addresses = addresses;
      this.addressServer = addressServer;
    }

    /**
     * What tells this client apart from others on the machine. {@link #DEFAULT_INSTANCE}, the
     * default, stands for this process: its number and a random part, so that two processes never
     * share a client id.
     */
    public Builder instanceName(String value) {
      Checks.notEmpty("instanceName", value);
      instanceName = value;
      return this;
    }

    /** The address in the client id; by default that of a network interface that is up. */
    public Builder clientIp(String value) {
      Checks.notEmpty("clientIp", value);
      clientIp = value;
      return this;
    }

    /** A suffix of the client id; none by default. */
    public Builder unitName(String value) {
      Checks.notEmpty("unitName", value);
      unitName = value;
      return this;
    }

    /**
     * Puts all topics and groups into a namespace: brokers know them as {@code namespace%name}.
     * None by default.
     */
    public Builder namespace(String value) {
      if (!value.isEmpty()) {
        Checks.topic(value);
      }
      namespace = value;
      return this;
    }

    /** Talks TLS with name servers and brokers, and never without. Off by default. */
    public Builder tls(ClientTls value) {
      tls = value;
      return this;
    }

    /** What requests are signed with; by default nothing is signed. Neither may be empty. */
    public Builder credentials(String accessKey, String secretKey) {
      return credentials(accessKey, secretKey, null);
    }

    /** The same with a security token, which is sent along. */
    public Builder credentials(String accessKey, String secretKey, @Nullable String securityToken) {
      Checks.notEmpty("accessKey", accessKey);
      if (secretKey.isEmpty()) {
        throw RocketMQException.invalid("secretKey", "empty", "at least 1 character");
      }
      credentials = new Credentials(accessKey, secretKey, securityToken);
      return this;
    }

    /** How often a send is tried in all, the first time included: 1 to 16; 3 by default. */
    public Builder attempts(int value) {
      attempts = value;
      return this;
    }

    /** For calls that have no timeout of their own: 1 ms to 1 h; 3 s by default. */
    public Builder callTimeout(Duration value) {
      callTimeout = value;
      return this;
    }

    /**
     * Whether sends go to the brokers' second port, two below the first, which brokers keep for
     * producers that must not wait behind consumers. Off by default. Whoever shares the client id
     * sends to the same ports, hence must agree.
     */
    public Builder vipChannel(boolean value) {
      vipChannel = value;
      return this;
    }

    /**
     * Where futures of this library complete, and with them the stages that the application adds,
     * and where its handlers run. By default each on a virtual thread of its own, where they may
     * block. An executor that runs them on the calling thread, {@code Runnable::run}, saves that
     * hop for applications whose stages never block: they run on the event loops then.
     */
    public Builder callbackExecutor(Executor value) {
      callbackExecutor = value;
      return this;
    }

    /**
     * Told of what the application's own callbacks throw where there is no future to fail. By
     * default that is logged. Such a failure never ends a thread of the client.
     */
    public Builder uncaughtHandler(Thread.UncaughtExceptionHandler value) {
      uncaughtHandler = value;
      return this;
    }

    /**
     * The options.
     *
     * @throws RocketMQException INVALID_ARGUMENT naming the value that is out of bounds
     */
    public ClientOptions build() {
      return new ClientOptions(this);
    }
  }
}
