package dev.sluice.gateway.core.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.core.ConsumerSession;
import dev.sluice.gateway.core.ConsumerSpec;
import dev.sluice.gateway.core.Gateway;
import dev.sluice.gateway.core.ProducerSession;
import dev.sluice.gateway.core.ProducerSpec;
import dev.sluice.gateway.spi.Credentials;
import dev.sluice.gateway.spi.Filter;
import dev.sluice.gateway.spi.OutboundMessage;
import dev.sluice.gateway.spi.SendReceipt;
import dev.sluice.gateway.spi.Subscription;
import dev.sluice.gateway.spi.testing.ManualLoops;
import dev.sluice.gateway.spi.testing.MemoryBackend;
import dev.sluice.gateway.spi.testing.MemoryFaults;
import dev.sluice.gateway.spi.testing.MemoryOptions;
import dev.sluice.gateway.spi.testing.Outcome;
import dev.sluice.gateway.upstreams.ClusterKey;
import dev.sluice.gateway.upstreams.ConnectionScope;
import dev.sluice.gateway.upstreams.EndpointAllowList;
import dev.sluice.gateway.upstreams.GatewayMetrics;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.gateway.upstreams.GatewaySettings;
import dev.sluice.gateway.upstreams.Peers;
import dev.sluice.gateway.upstreams.Sealer;
import dev.sluice.gateway.upstreams.UpstreamLease;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * A gateway on manual loops in front of a message system in memory: nothing happens but what a test
 * asks for. {@link #close} also checks that nothing is left.
 */
public final class ManualGateway implements AutoCloseable {

  /** Where its message system is. */
  public static final String ADDRESS = "memory:9876";

  private final ManualLoops loops;
  private final MemoryBackend backend;
  private final Ledger ledger;
  private final Gateway gateway;
  private final ConnectionScope connection;

  private ManualGateway(
      ManualLoops loops, MemoryBackend backend, ClusterKey key, GatewaySettings settings) {
    this(loops, backend, key, settings, Peers.none());
  }

  private ManualGateway(
      ManualLoops loops,
      MemoryBackend backend,
      ClusterKey key,
      GatewaySettings settings,
      Peers peers) {
    this.loops = loops;
    this.backend = backend;
    this.ledger = Ledger.create(loops);
    this.gateway =
        Gateway.create(
            new Gateway.Parts(
                settings,
                loops,
                List.of(backend),
                ledger,
                loops,
                Sealer.with(key),
                EndpointAllowList.of(
                    Set.of(MemoryBackend.SCHEME),
                    MemoryBackend.SCHEME,
                    ADDRESS,
                    List.of("other:9876")),
                new GatewayMetrics(),
                peers));
    gateway.start();
    this.connection = gateway.openConnection("test");
  }

  /** One with these settings, a key and a message system of its own, and one loop. */
  public static ManualGateway with(GatewaySettings settings) {
    return with(1, settings, MemoryOptions.DEFAULTS);
  }

  /** One with these settings, a key and a message system of its own. */
  public static ManualGateway with(int loops, GatewaySettings settings, MemoryOptions options) {
    var manual = new ManualLoops(loops);
    return new ManualGateway(
        manual, new MemoryBackend(manual, manual, options), ClusterKey.random(), settings);
  }

  /** Another instance on the same loops, in front of the same message system. */
  public ManualGateway another(ClusterKey key, GatewaySettings settings) {
    return new ManualGateway(loops, backend, key, settings);
  }

  /** One with a given key. */
  public static ManualGateway with(ClusterKey key) {
    var manual = new ManualLoops(1);
    return new ManualGateway(
        manual,
        new MemoryBackend(manual, manual, MemoryOptions.DEFAULTS),
        key,
        GatewaySettings.DEFAULTS);
  }

  /** One of several instances that find each other, with the same key and message system. */
  public static ManualGateway among(
      MemoryPeers peers,
      String address,
      ManualLoops loops,
      MemoryBackend backend,
      ClusterKey key,
      GatewaySettings settings) {
    MemoryPeers.Member member = peers.begin(address);
    var made = new ManualGateway(loops, backend, key, settings, member);
    member.answerWith(made.gateway.answers());
    return made;
  }

  public Gateway gateway() {
    return gateway;
  }

  public ManualLoops loops() {
    return loops;
  }

  public MemoryBackend backend() {
    return backend;
  }

  public MemoryFaults faults() {
    return backend.faults();
  }

  public Ledger ledger() {
    return ledger;
  }

  /** A connection that is open until {@link #close}. */
  public ConnectionScope connection() {
    return connection;
  }

  /** The counter's value. */
  public long count(Counter counter) {
    return gateway.metrics().value(counter);
  }

  /** Runs the task as loop 0, and all that becomes ready by it. */
  public void run(Runnable task) {
    loops.on(0, task);
  }

  /** A producer of the topic. */
  public ProducerSession producer(String topic) {
    return producer(connection, "", Credentials.NONE, topic);
  }

  /** A producer. */
  public ProducerSession producer(
      ConnectionScope scope, String endpoint, Credentials credentials, String topic) {
    var outcome = new Outcome<ProducerSession>();
    var spec = new ProducerSpec(endpoint, "", credentials, topic);
    run(() -> gateway.sessions().createProducer(scope, spec, outcome));
    return outcome.value();
  }

  /** What a consumer of the configured upstream asks for. */
  public static ConsumerSpec consumerSpec(
      String topic, String group, String tags, boolean ordered) {
    return new ConsumerSpec(
        "",
        "",
        Credentials.NONE,
        topic,
        group,
        new Filter(Filter.Type.TAG, tags),
        new Subscription.Start.Latest(),
        ordered,
        null);
  }

  /** A consumer of everything in a topic. */
  public ConsumerSession consumer(String topic, String group) {
    return consumer(connection, consumerSpec(topic, group, "*", false));
  }

  /** A consumer. */
  public ConsumerSession consumer(ConnectionScope scope, ConsumerSpec spec) {
    var outcome = new Outcome<ConsumerSession>();
    run(() -> gateway.sessions().createConsumer(scope, spec, outcome));
    return outcome.value();
  }

  /** A stream of the session, opened on loop 0. */
  public RecordingSink open(ConsumerSession session) {
    return open(0, session);
  }

  /** A stream of the session, opened on one loop. */
  public RecordingSink open(int loop, ConsumerSession session) {
    var sink = new RecordingSink(loops.all().get(loop));
    loops.on(loop, () -> sink.opened(session.open(sink)));
    return sink;
  }

  /** Sends on loop 0, and runs what becomes ready. */
  public Outcome<SendReceipt> send(UpstreamLease lease, OutboundMessage message) {
    var outcome = new Outcome<SendReceipt>();
    run(() -> gateway.sends().send(lease, message, outcome));
    return outcome;
  }

  /** Acknowledges on loop 0, and runs what becomes ready. */
  public Outcome<Void> ack(UpstreamLease lease, String handle) {
    var outcome = new Outcome<Void>();
    run(() -> gateway.acks().ack(lease, handle, outcome));
    return outcome;
  }

  /** Closes the gateway, letting as much time pass as that takes. */
  public CloseReport closeGateway() {
    connection.close();
    var closing =
        gateway.closeAsync(Deadline.after(Duration.ofSeconds(30), loops)).toCompletableFuture();
    for (int i = 0; i < 4000 && !closing.isDone(); i++) {
      loops.advance(Duration.ofMillis(10));
    }
    assertThat(closing).as("close").isDone();
    return closing.join();
  }

  @Override
  public void close() {
    CloseReport report = closeGateway();
    assertThat(report.clean()).as(report.describe()).isTrue();
    assertThat(ledger.snapshot().isClean()).as(ledger.snapshot().toString()).isTrue();
    assertThat(gateway.upstreams().open()).as("upstreams of this gateway").isZero();
  }
}
