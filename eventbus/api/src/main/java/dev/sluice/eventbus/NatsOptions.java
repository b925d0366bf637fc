package dev.sluice.eventbus;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * A bus over NATS JetStream; servers of 2.9 or later. Needs {@code sluice-eventbus-nats} on the
 * class path.
 *
 * @param bus what it is, over any broker
 * @param servers of one cluster, {@code nats://host:port} or {@code tls://host:port}, tried in
 *     turn; 1 to 100
 * @param credentials who the bus is
 * @param tls what {@code tls} servers are checked with; null for the JVM's default
 * @param prefix of the names of all streams, subjects and consumers, 1 to 30 characters of {@code
 *     A-Z a-z 0-9 _ -}; buses of different prefixes do not see each other
 * @param partitions of a topic that does not exist yet, 1 to 256; one that exists keeps its own
 * @param replicas of a topic that does not exist yet, 1, 3 or 5
 * @param storage of a topic that does not exist yet
 * @param retention for how long the messages of a topic that does not exist yet are kept, handled
 *     or not: at least an hour; zero for ever, until the server's limits refuse more
 * @param ackWait after which the server takes what it handed out for lost, 2 s to an hour; what is
 *     still being handled is kept from that, so handlers may take any time
 * @param leaseTime after which the partitions of a member that is not heard of go to others, 1 s to
 *     10 min; the member itself stops a quarter of it earlier. The same for all members of a group.
 */
public record NatsOptions(
    BusOptions bus,
    List<String> servers,
    NatsCredentials credentials,
    @Nullable SSLContext tls,
    String prefix,
    int partitions,
    int replicas,
    Storage storage,
    Duration retention,
    Duration ackWait,
    Duration leaseTime)
    implements TransportOptions {

  /** Where a stream keeps its messages. */
  public enum Storage {
    /** On disk. */
    FILE,
    /** In the server's memory: gone when it ends. */
    MEMORY
  }

  /** Of a topic that does not exist yet. */
  public static final int DEFAULT_PARTITIONS = 12;

  private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9_-]{1,30}");
  private static final Set<String> SCHEMES = Set.of("nats", "tls");
  private static final Duration LEAST_RETENTION = Duration.ofHours(1);

  /** Checks the bounds. */
  public NatsOptions {
    Objects.requireNonNull(bus, "bus");
    Objects.requireNonNull(credentials, "credentials");
    Objects.requireNonNull(storage, "storage");
    servers = List.copyOf(servers);
    if (servers.isEmpty() || servers.size() > 100) {
      throw EventBusException.invalid("servers", servers.size(), "1 to 100");
    }
    servers.forEach(NatsOptions::checkServer);
    if (!PREFIX.matcher(prefix).matches()) {
      throw EventBusException.invalid("prefix", prefix, "1 to 30 characters of A-Z a-z 0-9 _ -");
    }
    if (partitions < 1 || partitions > 256) {
      throw EventBusException.invalid("partitions", partitions, "1 to 256");
    }
    if (replicas != 1 && replicas != 3 && replicas != 5) {
      throw EventBusException.invalid("replicas", replicas, "1, 3 or 5");
    }
    if (!retention.isZero() && retention.compareTo(LEAST_RETENTION) < 0) {
      throw EventBusException.invalid("retention", retention, "0 or >= " + LEAST_RETENTION);
    }
    checkTime("ackWait", ackWait, Duration.ofSeconds(2), Duration.ofHours(1));
    checkTime("leaseTime", leaseTime, Duration.ofSeconds(1), Duration.ofMinutes(10));
  }

  /**
   * These servers, and the defaults: nobody in particular, prefix {@code sluice}, 12 partitions in
   * one replica on disk, kept for ever, 30 s to acknowledge, leases of 15 s.
   */
  public static NatsOptions of(BusOptions bus, String... servers) {
    return new NatsOptions(
        bus,
        List.of(servers),
        NatsCredentials.none(),
        null,
        "sluice",
        DEFAULT_PARTITIONS,
        1,
        Storage.FILE,
        Duration.ZERO,
        Duration.ofSeconds(30),
        Duration.ofSeconds(15));
  }

  /** As that user. */
  public NatsOptions credentials(NatsCredentials who) {
    return new NatsOptions(
        bus,
        servers,
        who,
        tls,
        prefix,
        partitions,
        replicas,
        storage,
        retention,
        ackWait,
        leaseTime);
  }

  /** Checking {@code tls} servers with this. */
  public NatsOptions tls(SSLContext context) {
    return new NatsOptions(
        bus,
        servers,
        credentials,
        context,
        prefix,
        partitions,
        replicas,
        storage,
        retention,
        ackWait,
        leaseTime);
  }

  /** Under that prefix. */
  public NatsOptions prefix(String name) {
    return new NatsOptions(
        bus,
        servers,
        credentials,
        tls,
        name,
        partitions,
        replicas,
        storage,
        retention,
        ackWait,
        leaseTime);
  }

  /** Making topics so. */
  public NatsOptions newTopics(int parts, int copies, Storage kept, Duration keptFor) {
    return new NatsOptions(
        bus, servers, credentials, tls, prefix, parts, copies, kept, keptFor, ackWait, leaseTime);
  }

  /** With so much time to acknowledge. */
  public NatsOptions ackWait(Duration time) {
    return new NatsOptions(
        bus,
        servers,
        credentials,
        tls,
        prefix,
        partitions,
        replicas,
        storage,
        retention,
        time,
        leaseTime);
  }

  /** With leases of this time. */
  public NatsOptions leaseTime(Duration time) {
    return new NatsOptions(
        bus,
        servers,
        credentials,
        tls,
        prefix,
        partitions,
        replicas,
        storage,
        retention,
        ackWait,
        time);
  }

  @Override
  public String artifact() {
    return "sluice-eventbus-nats";
  }

  private static void checkServer(String server) {
    boolean secret = server.contains("@");
    try {
      URI uri = new URI(server);
      if (!secret && SCHEMES.contains(uri.getScheme()) && uri.getHost() != null) {
        return;
      }
    } catch (URISyntaxException e) {
      // Told below.
    }
    throw EventBusException.invalid(
        "servers",
        secret ? "one with a user in it" : server,
        "nats://host:port or tls://host:port; who the bus is, is said by credentials");
  }

  private static void checkTime(String name, Duration time, Duration least, Duration longest) {
    if (time.compareTo(least) < 0 || time.compareTo(longest) > 0) {
      throw EventBusException.invalid(name, time, least + " to " + longest);
    }
  }
}
