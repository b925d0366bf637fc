package dev.sluice.rocketmq.remoting;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Collects {@link RemotingOptions}; each method is named after the option that it sets. */
public final class RemotingOptionsBuilder {
  private final List<Endpoint> nameServers;
  private final @Nullable NameServerDomain nameServerDomain;
  private @Nullable TlsOptions tls;
  private boolean vipChannel;
  private @Nullable Credentials credentials;
  private @Nullable String clientId;
  private Duration connectTimeout = Duration.ofSeconds(3);
  private Duration silenceLimit = Duration.ofSeconds(10);
  private Duration callTimeout = Duration.ofSeconds(3);
  private int maxFrameBytes = 16 << 20;
  private int maxCallsInFlight = 16_384;
  private long maxBytesInFlight = 64L << 20;
  private Duration minReconnectDelay = Duration.ofMillis(100);
  private Duration maxReconnectDelay = Duration.ofSeconds(5);
  private Duration routeRefresh = Duration.ofSeconds(30);
  private Duration routeIdle = Duration.ofMinutes(5);
  private Duration missingTopicTtl = Duration.ofSeconds(1);
  private Duration heartbeatInterval = Duration.ofSeconds(30);

  RemotingOptionsBuilder(List<Endpoint> nameServers) {
    this.nameServers = List.copyOf(nameServers);
    this.nameServerDomain = null;
  }

  RemotingOptionsBuilder(NameServerDomain domain) {
    this.nameServers = List.of();
    this.nameServerDomain = domain;
  }

  static List<Endpoint> parseAll(String text) {
    List<Endpoint> endpoints = new ArrayList<>();
    for (String part : text.split("[;,]", -1)) {
      if (!part.isBlank()) {
        endpoints.add(Endpoint.parse(part));
      }
    }
    return endpoints;
  }

  /** None by default. */
  public RemotingOptionsBuilder tls(@Nullable TlsOptions value) {
    tls = value;
    return this;
  }

  /** False by default: not every broker can be reached there. */
  public RemotingOptionsBuilder vipChannel(boolean value) {
    vipChannel = value;
    return this;
  }

  public RemotingOptionsBuilder credentials(@Nullable Credentials value) {
    credentials = value;
    return this;
  }

  public RemotingOptionsBuilder clientId(String value) {
    clientId = value;
    return this;
  }

  public RemotingOptionsBuilder connectTimeout(Duration value) {
    connectTimeout = value;
    return this;
  }

  public RemotingOptionsBuilder silenceLimit(Duration value) {
    silenceLimit = value;
    return this;
  }

  public RemotingOptionsBuilder callTimeout(Duration value) {
    callTimeout = value;
    return this;
  }

  public RemotingOptionsBuilder maxFrameBytes(int value) {
    maxFrameBytes = value;
    return this;
  }

  public RemotingOptionsBuilder maxCallsInFlight(int value) {
    maxCallsInFlight = value;
    return this;
  }

  public RemotingOptionsBuilder maxBytesInFlight(long value) {
    maxBytesInFlight = value;
    return this;
  }

  public RemotingOptionsBuilder reconnectDelay(Duration min, Duration max) {
    minReconnectDelay = min;
    maxReconnectDelay = max;
    return this;
  }

  public RemotingOptionsBuilder routeRefresh(Duration value) {
    routeRefresh = value;
    return this;
  }

  public RemotingOptionsBuilder routeIdle(Duration value) {
    routeIdle = value;
    return this;
  }

  public RemotingOptionsBuilder missingTopicTtl(Duration value) {
    missingTopicTtl = value;
    return this;
  }

  public RemotingOptionsBuilder heartbeatInterval(Duration value) {
    heartbeatInterval = value;
    return this;
  }

  /**
   * The options.
   *
   * @throws IllegalArgumentException naming the value that is out of bounds and what was expected
   */
  public RemotingOptions build() {
    String id = clientId != null ? clientId : "sluice@" + UUID.randomUUID();
    return new RemotingOptions(
        nameServers,
        nameServerDomain,
        tls,
        vipChannel,
        credentials,
        id,
        connectTimeout,
        silenceLimit,
        callTimeout,
        maxFrameBytes,
        maxCallsInFlight,
        maxBytesInFlight,
        minReconnectDelay,
        maxReconnectDelay,
        routeRefresh,
        routeIdle,
        missingTopicTtl,
        heartbeatInterval);
  }
}
