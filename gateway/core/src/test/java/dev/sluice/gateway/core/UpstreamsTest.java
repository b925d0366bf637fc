package dev.sluice.gateway.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.core.GatewayMetrics.Counter;
import dev.sluice.gateway.core.UpstreamLease.Idle;
import dev.sluice.gateway.core.spi.Credentials;
import dev.sluice.gateway.core.spi.ErrorCategory;
import dev.sluice.gateway.core.spi.UpstreamSpec;
import dev.sluice.gateway.core.testing.ManualGateway;
import dev.sluice.gateway.core.testing.MemoryFaults.Operation;
import dev.sluice.gateway.core.testing.Messages;
import dev.sluice.gateway.core.testing.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

class UpstreamsTest {

  private static UpstreamLease lease(ManualGateway gateway, Credentials credentials, Idle idle) {
    return gateway
        .gateway()
        .upstreams()
        .lease("memory", new UpstreamSpec(ManualGateway.ADDRESS, "", credentials), idle, "test");
  }

  private static Outcome<ActiveUpstream> use(ManualGateway gateway, UpstreamLease lease) {
    var outcome = new Outcome<ActiveUpstream>();
    gateway.run(() -> lease.use(outcome));
    return outcome;
  }

  @Test
  void equalCredentialsShareAnUpstreamAndAWrongSecretGetsItsOwn() {
    try (var gateway = ManualGateway.with(GatewaySettings.DEFAULTS);
        var one = lease(gateway, new Credentials("key", "right"), Idle.PRODUCER);
        var two = lease(gateway, new Credentials("key", "right"), Idle.CONSUMER);
        var thief = lease(gateway, new Credentials("key", "wrong"), Idle.PRODUCER)) {
      assertThat(use(gateway, one).value().upstream())
          .isSameAs(use(gateway, two).value().upstream())
          .isNotSameAs(use(gateway, thief).value().upstream());
      assertThat(gateway.backend().openUpstreams()).isEqualTo(2);
      assertThat(gateway.ledger().snapshot().toString())
          .contains("memory://memory:9876 as key")
          .doesNotContain("right");
    }
  }

  @Test
  void callersShareOneStart() {
    try (var gateway = ManualGateway.with(GatewaySettings.DEFAULTS);
        var lease = lease(gateway, Credentials.NONE, Idle.PRODUCER)) {
      gateway.faults().hold(Operation.START);
      var outcomes = new ArrayList<Outcome<ActiveUpstream>>();
      for (int i = 0; i < 10; i++) {
        outcomes.add(use(gateway, lease));
      }
      assertThat(gateway.faults().calls(Operation.START)).isOne();
      gateway.faults().release(Operation.START);
      gateway.loops().runReady();
      assertThat(outcomes)
          .allSatisfy(outcome -> assertThat(outcome.value()).isSameAs(lease.current()));
    }
  }

  @Test
  void unusedUpstreamIsClosedAfterItsIdleTimeAndReopenedByTheNextUse() {
    try (var gateway = ManualGateway.with(GatewaySettings.DEFAULTS);
        var lease = lease(gateway, Credentials.NONE, Idle.PRODUCER)) {
      use(gateway, lease).value();
      for (int i = 0; i < 10; i++) {
        gateway.loops().advance(Duration.ofSeconds(20));
        assertThat(lease.current()).as("used").isNotNull();
      }
      gateway.loops().advance(Duration.ofSeconds(29));
      assertThat(gateway.backend().openUpstreams()).isOne();
      gateway.loops().advance(Duration.ofSeconds(12));
      assertThat(gateway.backend().openUpstreams()).isZero();
      assertThat(lease.current()).isNull();
      assertThat(gateway.ledger().open(ResourceKinds.UPSTREAM)).isZero();

      use(gateway, lease).value();
      assertThat(gateway.backend().openUpstreams()).isOne();
      assertThat(gateway.count(Counter.UPSTREAM_OPENS)).isEqualTo(2);
      assertThat(gateway.count(Counter.UPSTREAM_CLOSES)).isOne();
    }
  }

  @Test
  void pinnedUpstreamStaysOpen() {
    try (var gateway = ManualGateway.with(GatewaySettings.DEFAULTS);
        var lease = lease(gateway, Credentials.NONE, Idle.PINNED)) {
      use(gateway, lease).value();
      gateway.loops().advance(Duration.ofHours(1));
      assertThat(gateway.backend().openUpstreams()).isOne();
    }
  }

  @Test
  void useJustBeforeTheCloseKeepsItOpen() {
    try (var gateway = ManualGateway.with(GatewaySettings.DEFAULTS);
        var lease = lease(gateway, Credentials.NONE, Idle.PRODUCER)) {
      var first = use(gateway, lease).value();
      gateway.loops().advance(Duration.ofMillis(37_600));
      assertThat(lease.current()).as("no longer handed out").isNull();
      assertThat(use(gateway, lease).value()).isSameAs(first);
      gateway.loops().advance(Duration.ofSeconds(20));
      assertThat(gateway.backend().openUpstreams()).isOne();
      assertThat(gateway.count(Counter.UPSTREAM_OPENS)).isOne();
    }
  }

  @Test
  void useWhileTheOldOneClosesWaitsAndStartsANewOne() {
    try (var gateway = ManualGateway.with(GatewaySettings.DEFAULTS);
        var lease = lease(gateway, Credentials.NONE, Idle.PRODUCER)) {
      var first = use(gateway, lease).value();
      gateway.faults().hold(Operation.CLOSE);
      gateway.loops().advance(Duration.ofSeconds(60));
      assertThat(gateway.faults().holding(Operation.CLOSE)).isOne();
      var second = use(gateway, lease);
      assertThat(second.isOver()).isFalse();
      gateway.faults().release(Operation.CLOSE);
      gateway.loops().runReady();
      assertThat(second.value()).isNotSameAs(first);
    }
  }

  @Test
  void sendUnderWayForLongKeepsTheUpstreamOpen() {
    try (var gateway = ManualGateway.with(GatewaySettings.DEFAULTS);
        var lease = lease(gateway, Credentials.NONE, Idle.PRODUCER)) {
      use(gateway, lease).value();
      gateway.faults().hold(Operation.SEND);
      var outcome = gateway.send(lease, Messages.plain("orders", "m"));
      gateway.loops().advance(Duration.ofMinutes(5));
      assertThat(gateway.backend().openUpstreams()).isOne();
      gateway.faults().release(Operation.SEND);
      gateway.loops().runReady();
      assertThat(outcome.value()).isNotNull();
    }
  }

  @Test
  void startThatTakesTooLongIsGivenUpAndClosed() {
    try (var gateway = ManualGateway.with(GatewaySettings.DEFAULTS);
        var lease = lease(gateway, Credentials.NONE, Idle.PRODUCER)) {
      gateway.faults().hold(Operation.START);
      var outcome = use(gateway, lease);
      gateway.loops().advance(Duration.ofSeconds(31));
      assertThat(outcome.category()).isEqualTo(ErrorCategory.UNAVAILABLE);
      assertThat(outcome.failure()).hasMessageContaining("did not start within 30s");
      gateway.faults().release(Operation.START);
      gateway.loops().runReady();
      assertThat(gateway.backend().openUpstreams()).isZero();
      assertThat(use(gateway, lease).value()).isNotNull();
    }
  }

  @Test
  void closedLeaseIsUnavailable() {
    try (var gateway = ManualGateway.with(GatewaySettings.DEFAULTS)) {
      var lease = lease(gateway, Credentials.NONE, Idle.PINNED);
      lease.close();
      lease.close();
      assertThat(use(gateway, lease).category()).isEqualTo(ErrorCategory.UNAVAILABLE);
      assertThat(gateway.backend().openUpstreams()).isZero();
    }
  }

  @Test
  void upstreamThatNobodyClaimsIsForgottenAndItsOldLeasesStartNothing() {
    try (var gateway = ManualGateway.with(GatewaySettings.DEFAULTS)) {
      var upstreams = (SharedUpstreams) gateway.gateway().upstreams();
      for (int i = 0; i < 100; i++) {
        var lease = lease(gateway, new Credentials("key" + i, ""), Idle.PRODUCER);
        if (i % 2 == 0) {
          use(gateway, lease).value();
        }
        lease.close();
        gateway.loops().runReady();
      }
      assertThat(upstreams.known()).as("open ones").isEqualTo(50);
      gateway.loops().advance(Duration.ofSeconds(60));
      assertThat(upstreams.known()).isZero();

      var lease = lease(gateway, Credentials.NONE, Idle.PRODUCER);
      SharedUpstream shared = ((Lease) lease).shared();
      lease.close();
      gateway.loops().runReady();
      var late = new Outcome<Void>();
      gateway.run(() -> shared.call((upstream, done) -> upstream.ping(done), late));
      assertThat(late.category()).isEqualTo(ErrorCategory.UNAVAILABLE);
      assertThat(gateway.backend().openUpstreams()).isZero();
    }
  }
}
