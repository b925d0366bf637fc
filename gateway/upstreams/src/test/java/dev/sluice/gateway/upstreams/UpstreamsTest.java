package dev.sluice.gateway.upstreams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.gateway.spi.Credentials;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.SendReceipt;
import dev.sluice.gateway.spi.testing.MemoryFaults.Operation;
import dev.sluice.gateway.spi.testing.Messages;
import dev.sluice.gateway.spi.testing.Outcome;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.gateway.upstreams.GatewaySettings.UpstreamSettings;
import dev.sluice.gateway.upstreams.UpstreamLease.Idle;
import dev.sluice.lifecycle.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class UpstreamsTest {

  private static Outcome<ActiveUpstream> use(ManualUpstreams manual, UpstreamLease lease) {
    var outcome = new Outcome<ActiveUpstream>();
    manual.run(() -> lease.use(outcome));
    return outcome;
  }

  @Test
  void equalCredentialsShareAnUpstreamAndAWrongSecretGetsItsOwn() {
    try (var manual = new ManualUpstreams();
        var one = manual.lease(new Credentials("key", "right"), Idle.PRODUCER);
        var two = manual.lease(new Credentials("key", "right"), Idle.CONSUMER);
        var thief = manual.lease(new Credentials("key", "wrong"), Idle.PRODUCER)) {
      assertThat(use(manual, one).value().upstream())
          .isSameAs(use(manual, two).value().upstream())
          .isNotSameAs(use(manual, thief).value().upstream());
      assertThat(manual.backend().openUpstreams()).isEqualTo(2);
      assertThat(manual.ledger().snapshot().toString())
          .contains("memory://memory:9876 as key")
          .doesNotContain("right");
    }
  }

  @Test
  void howManyCallersMayOpenIsBoundedAndWhatIsForgottenMakesRoom() {
    var settings = GatewaySettings.DEFAULTS.upstream();
    var two =
        new UpstreamSettings(
            settings.producerIdle(), settings.consumerIdle(), settings.startTimeout(), 2);
    try (var manual = new ManualUpstreams(GatewaySettings.DEFAULTS.with(two))) {
      var first = manual.lease(new Credentials("key", "1"), Idle.PRODUCER);
      var second = manual.lease(new Credentials("key", "2"), Idle.PRODUCER);
      use(manual, first).value();

      for (int i = 3; i < 100; i++) {
        var other = new Credentials("key", "" + i);
        assertThatThrownBy(() -> manual.lease(other, Idle.PRODUCER))
            .hasMessage("upstream clients: more than 2 (the most allowed; MAX_UPSTREAMS sets it)");
      }
      manual.lease(new Credentials("key", "1"), Idle.CONSUMER).close();
      assertThat(manual.upstreams().known()).isEqualTo(2);

      second.close();
      manual.loops().runReady();
      manual.lease(new Credentials("key", "3"), Idle.PRODUCER).close();
      manual.loops().runReady();
      first.close();
      manual.loops().advance(Duration.ofSeconds(60));
      assertThat(manual.upstreams().known()).isZero();
      manual.lease(new Credentials("key", "4"), Idle.PRODUCER).close();
      manual.lease(new Credentials("key", "5"), Idle.PRODUCER).close();
    }
  }

  @Test
  void callersShareOneStart() {
    try (var manual = new ManualUpstreams();
        var lease = manual.lease(Credentials.NONE, Idle.PRODUCER)) {
      manual.faults().hold(Operation.START);
      var outcomes = new ArrayList<Outcome<ActiveUpstream>>();
      for (int i = 0; i < 10; i++) {
        outcomes.add(use(manual, lease));
      }
      assertThat(manual.faults().calls(Operation.START)).isOne();
      manual.faults().release(Operation.START);
      manual.loops().runReady();
      assertThat(outcomes)
          .allSatisfy(outcome -> assertThat(outcome.value()).isSameAs(lease.current()));
    }
  }

  @Test
  void unusedUpstreamIsClosedAfterItsIdleTimeAndReopenedByTheNextUse() {
    try (var manual = new ManualUpstreams();
        var lease = manual.lease(Credentials.NONE, Idle.PRODUCER)) {
      use(manual, lease).value();
      for (int i = 0; i < 10; i++) {
        manual.loops().advance(Duration.ofSeconds(20));
        assertThat(lease.current()).as("used").isNotNull();
      }
      manual.loops().advance(Duration.ofSeconds(29));
      assertThat(manual.backend().openUpstreams()).isOne();
      manual.loops().advance(Duration.ofSeconds(12));
      assertThat(manual.backend().openUpstreams()).isZero();
      assertThat(lease.current()).isNull();
      assertThat(manual.ledger().open(ResourceKinds.UPSTREAM)).isZero();

      use(manual, lease).value();
      assertThat(manual.backend().openUpstreams()).isOne();
      assertThat(manual.count(Counter.UPSTREAM_OPENS)).isEqualTo(2);
      assertThat(manual.count(Counter.UPSTREAM_CLOSES)).isOne();
    }
  }

  @Test
  void pinnedUpstreamStaysOpen() {
    try (var manual = new ManualUpstreams();
        var lease = manual.lease(Credentials.NONE, Idle.PINNED)) {
      use(manual, lease).value();
      manual.loops().advance(Duration.ofHours(1));
      assertThat(manual.backend().openUpstreams()).isOne();
    }
  }

  @Test
  void useJustBeforeTheCloseKeepsItOpen() {
    try (var manual = new ManualUpstreams();
        var lease = manual.lease(Credentials.NONE, Idle.PRODUCER)) {
      var first = use(manual, lease).value();
      manual.loops().advance(Duration.ofMillis(37_600));
      assertThat(lease.current()).as("no longer handed out").isNull();
      assertThat(use(manual, lease).value()).isSameAs(first);
      manual.loops().advance(Duration.ofSeconds(20));
      assertThat(manual.backend().openUpstreams()).isOne();
      assertThat(manual.count(Counter.UPSTREAM_OPENS)).isOne();
    }
  }

  @Test
  void useWhileTheOldOneClosesWaitsAndStartsANewOne() {
    try (var manual = new ManualUpstreams();
        var lease = manual.lease(Credentials.NONE, Idle.PRODUCER)) {
      var first = use(manual, lease).value();
      manual.faults().hold(Operation.CLOSE);
      manual.loops().advance(Duration.ofSeconds(60));
      assertThat(manual.faults().holding(Operation.CLOSE)).isOne();
      var second = use(manual, lease);
      assertThat(second.isOver()).isFalse();
      manual.faults().release(Operation.CLOSE);
      manual.loops().runReady();
      assertThat(second.value()).isNotSameAs(first);
    }
  }

  @Test
  void sendUnderWayForLongKeepsTheUpstreamOpen() {
    try (var manual = new ManualUpstreams();
        var lease = manual.lease(Credentials.NONE, Idle.PRODUCER)) {
      use(manual, lease).value();
      manual.faults().hold(Operation.SEND);
      var outcome = new Outcome<List<SendReceipt>>();
      manual.run(
          () ->
              SharedUpstream.of(lease)
                  .call(
                      (upstream, done) ->
                          upstream.send(
                              List.of(Messages.plain("orders", "m")), Duration.ofHours(1), done),
                      outcome));
      manual.loops().advance(Duration.ofMinutes(5));
      assertThat(manual.backend().openUpstreams()).isOne();
      manual.faults().release(Operation.SEND);
      manual.loops().runReady();
      assertThat(outcome.value()).isNotNull();
    }
  }

  @Test
  void startThatTakesTooLongIsGivenUpAndClosed() {
    try (var manual = new ManualUpstreams();
        var lease = manual.lease(Credentials.NONE, Idle.PRODUCER)) {
      manual.faults().hold(Operation.START);
      var outcome = use(manual, lease);
      manual.loops().advance(Duration.ofSeconds(31));
      assertThat(outcome.category()).isEqualTo(ErrorCategory.UNAVAILABLE);
      assertThat(outcome.failure()).hasMessageContaining("did not start within 30s");
      manual.faults().release(Operation.START);
      manual.loops().runReady();
      assertThat(manual.backend().openUpstreams()).isZero();
      assertThat(use(manual, lease).value()).isNotNull();
    }
  }

  @Test
  void closedLeaseIsUnavailable() {
    try (var manual = new ManualUpstreams()) {
      var lease = manual.lease(Credentials.NONE, Idle.PINNED);
      lease.close();
      lease.close();
      assertThat(use(manual, lease).category()).isEqualTo(ErrorCategory.UNAVAILABLE);
      assertThat(manual.backend().openUpstreams()).isZero();
    }
  }

  @Test
  void upstreamThatNobodyClaimsIsForgottenAndItsOldLeasesStartNothing() {
    try (var manual = new ManualUpstreams()) {
      var upstreams = manual.upstreams();
      for (int i = 0; i < 100; i++) {
        var lease = manual.lease(new Credentials("key" + i, ""), Idle.PRODUCER);
        if (i % 2 == 0) {
          use(manual, lease).value();
        }
        lease.close();
        manual.loops().runReady();
      }
      assertThat(upstreams.known()).as("open ones").isEqualTo(50);
      manual.loops().advance(Duration.ofSeconds(60));
      assertThat(upstreams.known()).isZero();

      var lease = manual.lease(Credentials.NONE, Idle.PRODUCER);
      SharedUpstream shared = SharedUpstream.of(lease);
      lease.close();
      manual.loops().runReady();
      var late = new Outcome<Void>();
      manual.run(() -> shared.call((upstream, done) -> upstream.ping(done), late));
      assertThat(late.category()).isEqualTo(ErrorCategory.UNAVAILABLE);
      assertThat(manual.backend().openUpstreams()).isZero();
    }
  }

  @Test
  void closingWaitsForAnUpstreamWhoseLastClaimEndsMeanwhile() {
    try (var manual = new ManualUpstreams()) {
      var lease = manual.lease(Credentials.NONE, Idle.PRODUCER);
      use(manual, lease).value();
      manual.faults().hold(Operation.CLOSE);

      var deadline = Deadline.after(Duration.ofSeconds(30), manual.loops());
      var closing = manual.upstreams().closeAsync(deadline).toCompletableFuture();
      manual.loops().runReady();
      lease.close();
      manual.loops().runReady();

      assertThat(manual.backend().openUpstreams()).isOne();
      assertThat(closing).as("while it is open").isNotDone();
      manual.faults().release(Operation.CLOSE);
      manual.loops().runReady();
      assertThat(closing).isDone();
      assertThat(manual.backend().openUpstreams()).isZero();
    }
  }
}
