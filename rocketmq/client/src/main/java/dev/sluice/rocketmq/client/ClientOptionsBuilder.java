package dev.sluice.rocketmq.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Collects {@link ClientOptions}; each method is named after the option that it sets. */
public final class ClientOptionsBuilder {
  private final List<Endpoint> nameServers;
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

  ClientOptionsBuilder(List<Endpoint> nameServers) {
    this.nameServers = List.copyOf(nameServers);
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

  public ClientOptionsBuilder credentials(@Nullable Credentials value) {
    credentials = value;
    return this;
  }

  public ClientOptionsBuilder clientId(String value) {
    clientId = value;
    return this;
  }

  public ClientOptionsBuilder connectTimeout(Duration value) {
    connectTimeout = value;
    return this;
  }

  public ClientOptionsBuilder silenceLimit(Duration value) {
    silenceLimit = value;
    return this;
  }

  public ClientOptionsBuilder callTimeout(Duration value) {
    callTimeout = value;
    return this;
  }

  public ClientOptionsBuilder maxFrameBytes(int value) {
    maxFrameBytes = value;
    return this;
  }

  public ClientOptionsBuilder maxCallsInFlight(int value) {
    maxCallsInFlight = value;
    return this;
  }

  public ClientOptionsBuilder maxBytesInFlight(long value) {
    maxBytesInFlight = value;
    return this;
  }

  public ClientOptionsBuilder reconnectDelay(Duration min, Duration max) {
    minReconnectDelay = min;
    maxReconnectDelay = max;
    return this;
  }

  public ClientOptionsBuilder routeRefresh(Duration value) {
    routeRefresh = value;
    return this;
  }

  public ClientOptionsBuilder routeIdle(Duration value) {
    routeIdle = value;
    return this;
  }

  public ClientOptionsBuilder missingTopicTtl(Duration value) {
    missingTopicTtl = value;
    return this;
  }

  public ClientOptionsBuilder heartbeatInterval(Duration value) {
    heartbeatInterval = value;
    return this;
  }

  /**
   * The options.
   *
   * @throws IllegalArgumentException naming the value that is out of bounds and what was expected
   */
  public ClientOptions build() {
    String id = clientId != null ? clientId : "sluice@" + UUID.randomUUID();
    return new ClientOptions(
        nameServers,
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
