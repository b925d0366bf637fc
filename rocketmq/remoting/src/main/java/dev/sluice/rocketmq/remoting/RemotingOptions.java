package dev.sluice.rocketmq.remoting;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a {@link RemotingClient} behaves. Made by {@link #builder(List)}, which names the defaults.
 *
 * @param nameServers where to look up routes; one at least, but for a domain that tells them
 * @param nameServerDomain what tells the name servers, or null where they are listed
 * @param tls to name servers and brokers, or null for none
 * @param vipChannel whether messages are sent to the second port of a broker, two below the one
 *     that it is known by, which serves nothing else than sends
 * @param credentials to sign requests with, or null for none
 * @param clientId how brokers show this client; unique among the clients of a cluster
 * @param connectTimeout until a connection attempt counts as failed
 * @param silenceLimit after how long without a byte from a peer that owes answers, and with a call
 *     to it timed out, its connection is given up: its host or the network between is gone
 * @param callTimeout for calls that take no timeout of their own
 * @param maxFrameBytes the largest answer accepted; a larger one ends its connection
 * @param maxCallsInFlight per connection (one broker on one event loop); beyond it calls are
 *     refused as OVERLOADED. Waiting pops count.
 * @param maxBytesInFlight per connection, of requests not yet answered; likewise
 * @param minReconnectDelay the pause after a first failed connection attempt; doubles with each
 * @param maxReconnectDelay the longest such pause. Calls during it fail as UNAVAILABLE at once
 * @param routeRefresh how often routes in use are looked up again
 * @param routeIdle after how long without use a route is dropped
 * @param missingTopicTtl for how long a topic is remembered as missing
 * @param heartbeatInterval how often registered groups are told to the brokers
 */
public record RemotingOptions(
    List<Endpoint> nameServers,
    @Nullable NameServerDomain nameServerDomain,
    @Nullable TlsOptions tls,
    boolean vipChannel,
    @Nullable Credentials credentials,
    String clientId,
    Duration connectTimeout,
    Duration silenceLimit,
    Duration callTimeout,
    int maxFrameBytes,
    int maxCallsInFlight,
    long maxBytesInFlight,
    Duration minReconnectDelay,
    Duration maxReconnectDelay,
    Duration routeRefresh,
    Duration routeIdle,
    Duration missingTopicTtl,
    Duration heartbeatInterval) {

  public RemotingOptions {
    nameServers = List.copyOf(nameServers);
    if (nameServerDomain != null && !nameServers.isEmpty()) {
      throw new IllegalArgumentException(
          "nameServers: " + nameServers + " (expected: none beside a domain that tells them)");
    }
    if (nameServers.isEmpty() && nameServerDomain == null) {
      throw new IllegalArgumentException("nameServers: [] (expected: one address at least)");
    }
    if (clientId.isBlank()) {
      throw new IllegalArgumentException("clientId: '" + clientId + "' (expected: not blank)");
    }
    positive("connectTimeout", connectTimeout);
    positive("silenceLimit", silenceLimit);
    positive("callTimeout", callTimeout);
    positive("minReconnectDelay", minReconnectDelay);
    positive("maxReconnectDelay", maxReconnectDelay);
    positive("routeRefresh", routeRefresh);
    positive("routeIdle", routeIdle);
    positive("missingTopicTtl", missingTopicTtl);
    positive("heartbeatInterval", heartbeatInterval);
    positive("maxFrameBytes", maxFrameBytes);
    positive("maxCallsInFlight", maxCallsInFlight);
    positive("maxBytesInFlight", maxBytesInFlight);
    if (maxReconnectDelay.compareTo(minReconnectDelay) < 0) {
      throw new IllegalArgumentException(
          "maxReconnectDelay: " + maxReconnectDelay + " (expected: >= " + minReconnectDelay + ')');
    }
  }

  private static void positive(String name, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: > 0)");
    }
  }

  private static void positive(String name, long value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: > 0)");
    }
  }

  /** Options for these name servers, with defaults that fit a gateway. */
  public static RemotingOptionsBuilder builder(List<Endpoint> nameServers) {
    return new RemotingOptionsBuilder(nameServers);
  }

  /** The same for name servers that an address server tells. */
  public static RemotingOptionsBuilder builder(NameServerDomain domain) {
    return new RemotingOptionsBuilder(domain);
  }

  /**
   * Options for name servers written {@code host:port;host:port} (commas do too).
   *
   * @throws IllegalArgumentException if one of them is no address
   */
  public static RemotingOptionsBuilder builder(String nameServers) {
    return new RemotingOptionsBuilder(RemotingOptionsBuilder.parseAll(nameServers));
  }
}
