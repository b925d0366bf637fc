package dev.sluice.gateway.core;

import static dev.sluice.gateway.core.StreamFixture.GROUP;
import static dev.sluice.gateway.core.StreamFixture.TOPIC;
import static dev.sluice.gateway.core.StreamFixture.spec;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.core.testing.ManualGateway;
import dev.sluice.gateway.core.testing.MemoryPeers;
import dev.sluice.gateway.core.testing.RecordingSink;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.Filter;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.gateway.spi.Membership;
import dev.sluice.gateway.spi.testing.ManualLoops;
import dev.sluice.gateway.spi.testing.MemoryBackend;
import dev.sluice.gateway.spi.testing.MemoryOptions;
import dev.sluice.gateway.spi.testing.Messages;
import dev.sluice.gateway.spi.testing.Outcome;
import dev.sluice.gateway.upstreams.ClusterKey;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.gateway.upstreams.GatewaySettings;
import dev.sluice.gateway.upstreams.GatewaySettings.GroupSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Streams of one group at two instances, which must ask for the same. */
class EqualSubscriptionsTest {
  private static final Duration LATER = Duration.ofSeconds(40);
  private static final Duration SOON = Duration.ofMillis(10);

  private final ManualLoops loops = new ManualLoops(3);
  private final MemoryBackend backend = new MemoryBackend(loops, loops, MemoryOptions.DEFAULTS);
  private final MemoryPeers peers = new MemoryPeers(loops);
  private final ClusterKey key = ClusterKey.random();
  private final List<ManualGateway> open = new ArrayList<>();
  private final ManualGateway a = begin("a:50051", GatewaySettings.DEFAULTS);
  private final ManualGateway b = begin("b:50051", GatewaySettings.DEFAULTS);
  private final ManualGateway elsewhere =
      begin("elsewhere:50051", GatewaySettings.DEFAULTS.with(new GroupSettings(false)));

  private ManualGateway begin(String address, GatewaySettings settings) {
    var gateway = ManualGateway.among(peers, address, loops, backend, key, settings);
    open.add(gateway);
    backend.makeTopic(ManualGateway.ADDRESS, TOPIC);
    return gateway;
  }

  @AfterEach
  void close() {
    open.forEach(ManualGateway::close);
    assertThat(backend.shown(ManualGateway.ADDRESS, GROUP)).isEmpty();
  }

  /** A stream of a consumer that its instance has not made, so that nothing was said before. */
  private RecordingSink stream(ManualGateway gateway, String tags) {
    RecordingSink sink = gateway.open(consumer(gateway, tags));
    loops.advance(SOON);
    return sink;
  }

  private ConsumerSession consumer(ManualGateway gateway, String tags) {
    String id = elsewhere.consumer(elsewhere.connection(), spec(tags)).id();
    return gateway.gateway().sessions().consumer(gateway.connection(), id);
  }

  private void publish(String... tags) {
    var lease = a.producer(TOPIC).lease();
    for (String tag : tags) {
      a.send(lease, Messages.tagged(TOPIC, "message of " + tag, tag)).value();
    }
    loops.advance(SOON);
  }

  private static void assertRefused(RecordingSink sink, String own, String other) {
    assertThat(sink.isOver()).isTrue();
    GatewayException failure = sink.failure();
    assertThat(failure.category()).isEqualTo(ErrorCategory.FAILED_PRECONDITION);
    assertThat(failure.subject()).isEqualTo(Subject.GROUP);
    assertThat(failure).hasMessageContaining("filter: " + own).hasMessageContaining(", " + other);
  }

  @Test
  void streamThatAsksForSomethingElseIsRefusedBeforeItTakesAnything() {
    RecordingSink first = stream(a, "x");
    RecordingSink second = stream(b, "y");
    publish("x", "y");

    assertRefused(second, "y", "x");
    assertThat(first.takeTexts()).containsExactly("message of x");
    assertThat(second.deliveries()).isEmpty();
    assertThat(b.count(Counter.POLLS)).isZero();
    assertThat(b.count(Counter.SUBSCRIPTION_CONFLICTS)).isOne();
  }

  @Test
  void consumerIsRefusedWhereItIsKnownThatItsStreamWouldBe() {
    stream(a, "x");
    assertThat(create(b, "y").failure())
        .hasMessageContaining("filter: y (")
        .hasMessageContaining(", x)");
    assertThat(create(b, "x").isOver()).isTrue();
    assertThat(create(a, "y").value().filter().expression()).as("beside the other").isEqualTo("y");
    stream(b, "x");
    // An answer is good for a while.
    loops.advance(Duration.ofSeconds(3));
    assertThat(create(a, "y").failure()).hasMessageContaining("filter: x||y (");
    assertThat(a.count(Counter.ACTIVE_CONSUMERS)).isEqualTo(2);
  }

  private Outcome<ConsumerSession> create(ManualGateway gateway, String tags) {
    var outcome = new Outcome<ConsumerSession>();
    gateway.run(
        () ->
            gateway.gateway().sessions().createConsumer(gateway.connection(), spec(tags), outcome));
    loops.advance(SOON);
    return outcome;
  }

  @Test
  void streamsThatAskForTheSameShareTheGroup() {
    stream(a, "y||x");
    RecordingSink second = stream(b, "x || y");
    assertThat(second.isOver()).isFalse();
    assertThat(backend.shown(ManualGateway.ADDRESS, GROUP)).hasSize(2);
  }

  @Test
  void streamIsTakenWhenTheOthersHaveGone() {
    RecordingSink first = stream(a, "x");
    assertRefused(stream(b, "y"), "y", "x");
    first.stream().close();
    loops.advance(SOON);

    RecordingSink second = stream(b, "y");
    publish("y");

    assertThat(second.takeTexts()).containsExactly("message of y");
  }

  @Test
  void streamThatWouldChangeWhatItsGatewayAsksForIsRefusedAndTheOthersGoOn() {
    RecordingSink first = stream(a, "x");
    RecordingSink second = stream(b, "x");
    RecordingSink third = stream(b, "y");
    publish("x", "x", "x", "x", "y");

    assertRefused(third, "x||y", "x");
    assertThat(first.isOver()).isFalse();
    assertThat(second.isOver()).isFalse();
    var all = new ArrayList<>(first.takeTexts());
    all.addAll(second.takeTexts());
    assertThat(all).hasSize(4).containsOnly("message of x");
  }

  @Test
  void streamsOfOneGatewayMayDifferAndEachGetsItsOwn() {
    RecordingSink first = stream(a, "x");
    RecordingSink second = stream(a, "y");
    publish("x", "y", "z");
    assertThat(first.takeTexts()).containsExactly("message of x");
    assertThat(second.takeTexts()).containsExactly("message of y");
    assertThat(a.count(Counter.SUBSCRIPTION_CONFLICTS)).isZero();
  }

  @Test
  void whatAnotherGatewayStillWantsIsNotTakenFromItWhenItsStreamEndsHere() {
    RecordingSink staying = stream(a, "x");
    RecordingSink leaving = stream(a, "y");
    RecordingSink other = stream(b, "x||y");
    leaving.stream().close();
    publish("y", "y", "y", "y");
    loops.advance(LATER);

    assertThat(other.takeTexts()).hasSize(4).containsOnly("message of y");
    assertThat(staying.isOver()).isFalse();
    assertThat(a.count(Counter.SUBSCRIPTION_CONFLICTS)).isZero();
    // For good it cannot ask for what only others want.
    loops.advance(LATER);
    assertRefused(staying, "x", "x||y");
    assertThat(other.isOver()).isFalse();
  }

  @Test
  void bothGoOnAndAreToldOfWhereConflictsOnlyWarn() {
    var warning = GatewaySettings.DEFAULTS.with(new GroupSettings(false));
    ManualGateway c = begin("c:50051", warning);
    ManualGateway d = begin("d:50051", warning);
    RecordingSink first = stream(c, "x");
    RecordingSink second = stream(d, "y");
    loops.advance(LATER);

    assertThat(first.isOver()).isFalse();
    assertThat(second.isOver()).isFalse();
    assertThat(c.count(Counter.SUBSCRIPTION_CONFLICTS)).isOne();
    assertThat(d.count(Counter.SUBSCRIPTION_CONFLICTS)).isOne();
  }

  @Test
  void gatewayOutOfReachIsPassedOverAndComparedWhenItIsBack() {
    RecordingSink first = stream(a, "x");
    peers.cut("a:50051");
    RecordingSink second = stream(b, "y");
    assertThat(second.isOver()).isFalse();
    assertThat(b.count(Counter.SUBSCRIPTIONS_UNCOMPARED)).isOne();

    peers.restore();
    loops.advance(LATER);

    assertThat(b.count(Counter.SUBSCRIPTION_CONFLICTS)).isOne();
    assertThat(first.isOver()).isFalse();
    assertThat(second.isOver()).isFalse();
  }

  @Test
  void membersWithoutAGatewayAreComparedToo() {
    Filter tags = new Filter(Filter.Type.TAG, "y || x");
    backend.joinOther(ManualGateway.ADDRESS, GROUP, "classic", TOPIC, tags);
    assertRefused(stream(a, "x"), "x", "x||y");
    assertThat(stream(a, "x||y").isOver()).isFalse();
    backend.leaveOther(ManualGateway.ADDRESS, GROUP, "classic");
  }

  @Test
  void administratorsSeeTheGroupWithItsClientsUntilItsLastStreamEnds() {
    RecordingSink first = stream(a, "x");
    RecordingSink second = stream(a, "x");
    loops.advance(LATER);
    assertThat(backend.shown(ManualGateway.ADDRESS, GROUP))
        .singleElement()
        .matches(shown -> shown.clients() == 2)
        .extracting(Membership::member)
        .asString()
        .startsWith("a:50051#");

    first.stream().close();
    loops.advance(LATER);
    assertThat(backend.shown(ManualGateway.ADDRESS, GROUP))
        .singleElement()
        .matches(shown -> shown.clients() == 1);
    second.stream().close();
    loops.advance(SOON);
    assertThat(backend.shown(ManualGateway.ADDRESS, GROUP)).isEmpty();
  }

  @Test
  void streamThatEndsBeforeItWasDecidedLeavesNothing() {
    stream(a, "x");
    var consumer = consumer(b, "y");
    var sink = new RecordingSink(loops.all().get(1));
    loops
        .all()
        .get(1)
        .execute(
            () -> {
              sink.opened(consumer.open(sink));
              sink.stream().close();
            });
    loops.advance(LATER);
    assertThat(sink.isOver()).isFalse();
    assertThat(backend.shown(ManualGateway.ADDRESS, GROUP)).hasSize(1);
  }
}
