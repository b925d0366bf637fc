package dev.sluice.gateway.spi.testing;

import dev.sluice.gateway.spi.Backend;
import dev.sluice.gateway.spi.ConsumerGroup;
import dev.sluice.gateway.spi.Filter;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.gateway.spi.Loops;
import dev.sluice.gateway.spi.MemberInquiries;
import dev.sluice.gateway.spi.Membership;
import dev.sluice.gateway.spi.OutboundMessage;
import dev.sluice.gateway.spi.Topology;
import dev.sluice.gateway.spi.Upstream;
import dev.sluice.gateway.spi.UpstreamSpec;
import dev.sluice.lifecycle.Clock;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A message system in memory, for tests: keeps the whole contract, and breaks as its {@link
 * #faults} say. What is stored at an address stays there, whichever upstreams come and go. A void
 * handle is refused, unlike by some real systems, so that tests see which handle was used.
 */
public final class MemoryBackend implements Backend {

  /** The scheme of its endpoints. */
  public static final String SCHEME = "memory";

  /** A property's name that this message system keeps for itself. */
  private static final String RESERVED = "KEYS";

  private final Loops loops;
  private final Clock clock;
  private final MemoryOptions options;
  private final MemoryFaults faults = new MemoryFaults();
  private final ConcurrentMap<String, MemoryCluster> clusters = new ConcurrentHashMap<>();
  private final AtomicInteger open = new AtomicInteger();

  public MemoryBackend(Loops loops, Clock clock, MemoryOptions options) {
    this.loops = loops;
    this.clock = clock;
    this.options = options;
  }

  /** One that lives by the loops' own time. */
  public static MemoryBackend on(ManualLoops loops) {
    return new MemoryBackend(loops, loops, MemoryOptions.DEFAULTS);
  }

  @Override
  public String scheme() {
    return SCHEME;
  }

  @Override
  public void check(OutboundMessage message) {
    checkProperties(message);
  }

  static void checkProperties(OutboundMessage message) {
    if (message.properties().containsKey(RESERVED)) {
      throw GatewayException.invalid(
          Subject.PROPERTIES, "property: " + RESERVED + " (expected: another name)");
    }
  }

  @Override
  public Upstream connect(UpstreamSpec spec) {
    return new MemoryUpstream(cluster(spec.endpoint()), loops, clock, options, faults, open);
  }

  /** What goes wrong, at every address. */
  public MemoryFaults faults() {
    return faults;
  }

  /** Makes a topic with the usual number of queues, unless it exists. */
  public void makeTopic(String address, String topic) {
    cluster(address).create(topic, options.queues(), null);
  }

  /** Makes a topic that takes this kind of message alone. */
  public void makeTopic(String address, String topic, Topology.MessageKind kind) {
    cluster(address).create(topic, options.queues(), kind);
  }

  /** Has a group consume so. */
  public void configure(String address, ConsumerGroup group) {
    cluster(address).configure(group);
  }

  /** How many upstreams are started and not closed. */
  public int openUpstreams() {
    return open.get();
  }

  /** What is stored of a topic, queue by queue, each in its order. */
  public List<List<OutboundMessage>> stored(String address, String topic) {
    return cluster(address).stored(topic);
  }

  /** How many messages of a topic are handed out to a group, hidden and not acknowledged. */
  public int hidden(String address, String topic, String group) {
    return cluster(address).hidden(topic, group, clock.currentTimeMillis());
  }

  /** How many messages of a topic a group has not acknowledged, handed out or not. */
  public int unacknowledged(String address, String topic, String group) {
    return cluster(address).unacknowledged(topic, group);
  }

  /** A member joins a group, or changes what it asks for, that is no gateway. */
  public void joinOther(String address, String group, String member, String topic, Filter filter) {
    MemoryCluster cluster = cluster(address);
    synchronized (cluster) {
      cluster.members().joinOther(group, member, topic, filter);
    }
    cluster.membersChanged(group);
  }

  /** It leaves. */
  public void leaveOther(String address, String group, String member) {
    MemoryCluster cluster = cluster(address);
    synchronized (cluster) {
      cluster.members().leaveOther(group, member);
    }
    cluster.membersChanged(group);
  }

  /** What gateways show of a group. */
  public List<Membership> shown(String address, String group) {
    MemoryCluster cluster = cluster(address);
    synchronized (cluster) {
      return cluster.members().shown(group);
    }
  }

  /** Who answers what administrators ask the members shown. */
  public MemberInquiries inquiries(String address) {
    return cluster(address).inquiries();
  }

  /** How many transactions are neither committed nor rolled back. */
  public int openTransactions(String address) {
    MemoryCluster cluster = cluster(address);
    synchronized (cluster) {
      return cluster.transactions().open();
    }
  }

  private MemoryCluster cluster(String address) {
    return clusters.computeIfAbsent(address, unknown -> new MemoryCluster(options));
  }
}
