package dev.sluice.gateway.core;

import static dev.sluice.gateway.core.StreamFixture.GROUP;
import static dev.sluice.gateway.core.StreamFixture.TOPIC;
import static dev.sluice.gateway.core.StreamFixture.spec;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.core.testing.ManualGateway;
import dev.sluice.gateway.core.testing.MemoryPeers;
import dev.sluice.gateway.deliveries.ReceiveTerms;
import dev.sluice.gateway.deliveries.SealedDelivery;
import dev.sluice.gateway.spi.Cancellable;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.Filter;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.gateway.spi.ReceiveRequest;
import dev.sluice.gateway.spi.Subscription;
import dev.sluice.gateway.spi.testing.ManualLoops;
import dev.sluice.gateway.spi.testing.MemoryBackend;
import dev.sluice.gateway.spi.testing.MemoryFaults.Operation;
import dev.sluice.gateway.spi.testing.MemoryOptions;
import dev.sluice.gateway.spi.testing.Messages;
import dev.sluice.gateway.spi.testing.Outcome;
import dev.sluice.gateway.upstreams.ClusterKey;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.gateway.upstreams.GatewaySettings;
import dev.sluice.gateway.upstreams.GatewaySettings.GroupSettings;
import dev.sluice.gateway.upstreams.UpstreamLease;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Single receives of one group, which must ask for the same wherever they come in. */
class EqualSingleReceivesTest {
  private static final Duration WAIT = Duration.ofSeconds(2);

  private final ManualLoops loops = new ManualLoops(3);
  private final MemoryBackend backend = new MemoryBackend(loops, loops, MemoryOptions.DEFAULTS);
  private final MemoryPeers peers = new MemoryPeers(loops);
  private final ClusterKey key = ClusterKey.random();
  private final Map<ManualGateway, UpstreamLease> leases = new HashMap<>();
  private final List<ManualGateway> open = new ArrayList<>();
  private final ManualGateway a = begin("a:50051", true);
  private final ManualGateway b = begin("b:50051", true);

  private ManualGateway begin(String address, boolean refuses) {
    var settings = GatewaySettings.DEFAULTS.with(new GroupSettings(refuses));
    var gateway = ManualGateway.among(peers, address, loops, backend, key, settings);
    open.add(gateway);
    backend.makeTopic(ManualGateway.ADDRESS, TOPIC);
    leases.put(gateway, gateway.producer(TOPIC).lease());
    return gateway;
  }

  @AfterEach
  void close() {
    open.forEach(ManualGateway::close);
    assertThat(backend.shown(ManualGateway.ADDRESS, GROUP)).isEmpty();
  }

  private Outcome<List<SealedDelivery>> begin(ManualGateway gateway, String client, String tags) {
    var outcome = new Outcome<List<SealedDelivery>>();
    gateway.run(
        () -> {
          Cancellable _ =
              gateway
                  .gateway()
                  .receives()
                  .receiveOnce(
                      lease(gateway),
                      new ReceiveRequest(
                          TOPIC,
                          GROUP,
                          new Filter(Filter.Type.TAG, tags),
                          null,
                          false,
                          null,
                          10,
                          WAIT,
                          Duration.ofSeconds(30)),
                      new ReceiveTerms(new Subscription.Start.Earliest(), 16, null),
                      client,
                      outcome);
        });
    return outcome;
  }

  private Outcome<List<SealedDelivery>> receive(ManualGateway gateway, String client, String tags) {
    var outcome = begin(gateway, client, tags);
    loops.advance(WAIT);
    return outcome;
  }

  private static void assertRefused(
      Outcome<List<SealedDelivery>> outcome, String own, String other) {
    GatewayException failure = outcome.failure();
    assertThat(failure.category()).isEqualTo(ErrorCategory.FAILED_PRECONDITION);
    assertThat(failure.subject()).isEqualTo(Subject.GROUP);
    assertThat(failure)
        .hasMessageContaining("filter: " + own + " (")
        .hasMessageContaining(", " + other + ")");
  }

  @Test
  void clientsOfOneGroupThatDifferAreToldWhereverTheyCome() {
    assertThat(receive(a, "one", "x").value()).isEmpty();
    assertRefused(receive(b, "two", "y"), "y", "x");
    assertRefused(receive(a, "three", "y"), "y", "x");
    assertThat(receive(b, "two", "x").value()).isEmpty();
    assertThat(a.count(Counter.SUBSCRIPTION_CONFLICTS)).isOne();
    assertThat(b.count(Counter.SUBSCRIPTION_CONFLICTS)).isOne();
  }

  @Test
  void whoComesAgainWithTheSameCostsNothing() {
    receive(a, "one", "x").value();
    receive(a, "two", "x").value();
    loops.advance(Duration.ofSeconds(2));
    int members = backend.faults().calls(Operation.MEMBERS);
    int joins = backend.faults().calls(Operation.JOIN);
    for (int i = 0; i < 10; i++) {
      receive(a, i % 2 == 0 ? "one" : "two", "x").value();
    }
    assertThat(backend.faults().calls(Operation.MEMBERS)).isEqualTo(members);
    assertThat(backend.faults().calls(Operation.JOIN)).isEqualTo(joins);
  }

  @Test
  void clientMayChangeItsMindWhereNobodyElseObjects() {
    receive(a, "one", "x").value();
    assertThat(receive(a, "one", "y").value()).isEmpty();
    assertRefused(receive(a, "two", "x"), "x", "y");
    receive(b, "three", "y").value();
    assertRefused(receive(a, "one", "x"), "x", "y");
  }

  @Test
  void clientThatHasNotComeForAWhileIsForgotten() {
    receive(a, "one", "x").value();
    assertThat(backend.shown(ManualGateway.ADDRESS, GROUP)).hasSize(1);
    loops.advance(Duration.ofSeconds(95));
    assertThat(backend.shown(ManualGateway.ADDRESS, GROUP)).isEmpty();
    assertThat(receive(b, "two", "y").value()).isEmpty();
  }

  @Test
  void clientThatSaysThatItGoesIsForgottenAtOnce() {
    receive(a, "one", "x").value();
    a.run(() -> a.gateway().receives().forget("one"));
    assertThat(backend.shown(ManualGateway.ADDRESS, GROUP)).isEmpty();
    assertThat(receive(b, "two", "y").value()).isEmpty();
  }

  @Test
  void receiveThatWaitsIsNotForgotten() {
    var waiting = begin(a, "one", "x");
    a.run(() -> a.gateway().receives().forget("one"));
    assertThat(backend.shown(ManualGateway.ADDRESS, GROUP)).hasSize(1);
    loops.advance(WAIT);
    assertThat(waiting.value()).isEmpty();
  }

  @Test
  void streamsAndSingleReceivesMustAskForTheSame() {
    var sink = a.open(a.consumer(a.connection(), spec("x")));
    loops.advance(Duration.ofMillis(10));
    assertRefused(receive(a, "one", "y"), "y", "x");
    assertThat(receive(a, "one", "x").value()).isEmpty();
    assertThat(sink.isOver()).isFalse();
  }

  @Test
  void manyThatComeAtOnceAreAllLetIn() {
    var outcomes = new ArrayList<Outcome<List<SealedDelivery>>>();
    for (int i = 0; i < 50; i++) {
      outcomes.add(begin(i % 2 == 0 ? a : b, "client " + i, "x"));
    }
    loops.advance(WAIT.plusSeconds(1));
    assertThat(outcomes).allSatisfy(outcome -> assertThat(outcome.value()).isEmpty());
  }

  @Test
  void whereConflictsOnlyWarnEachGetsItsOwn() {
    ManualGateway c = begin("c:50051", false);
    var one = begin(c, "one", "x");
    var two = begin(c, "two", "y");
    c.send(lease(c), Messages.tagged(TOPIC, "to one", "x")).value();
    loops.advance(WAIT);
    assertThat(one.value()).hasSize(1);
    assertThat(two.value()).isEmpty();
    receive(c, "one", "x").value();
    receive(c, "two", "y").value();
    assertThat(c.count(Counter.SUBSCRIPTION_CONFLICTS)).as("told once").isOne();
  }

  @Test
  void closingDoesNotWaitForWhatTheMessageSystemDoesNotTell() {
    backend.faults().failNext(Operation.MEMBERS, GatewayException.unavailable("away", null));
    var outcome = begin(a, "one", "x");
    assertThat(a.closeGateway().took()).isLessThan(Duration.ofSeconds(1));
    assertThat(outcome.calls()).isOne();
    open.remove(a);
  }

  @Test
  void upstreamThatWasClosedMeanwhileIsToldOfTheGroupAnew() {
    receive(a, "one", "x").value();
    // Unused upstreams are closed before their callers are forgotten.
    lease(a).close();
    leases.put(
        a,
        a.gateway()
            .upstreams()
            .lease(MemoryBackend.SCHEME, lease(b).spec(), UpstreamLease.Idle.CONSUMER, "test"));
    loops.advance(GatewaySettings.DEFAULTS.upstream().consumerIdle().plusSeconds(15));
    assertThat(backend.shown(ManualGateway.ADDRESS, GROUP)).isEmpty();

    receive(a, "one", "x").value();

    assertThat(backend.shown(ManualGateway.ADDRESS, GROUP)).hasSize(1);
    assertRefused(receive(b, "two", "y"), "y", "x");
    lease(a).close();
  }

  private UpstreamLease lease(ManualGateway gateway) {
    return Objects.requireNonNull(leases.get(gateway), "opened at the start of the test");
  }
}
