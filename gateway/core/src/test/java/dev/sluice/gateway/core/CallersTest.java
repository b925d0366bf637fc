package dev.sluice.gateway.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.gateway.core.testing.ManualGateway;
import dev.sluice.gateway.spi.Credentials;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.testing.Messages;
import dev.sluice.gateway.upstreams.Caller;
import dev.sluice.gateway.upstreams.ConnectionScope;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.gateway.upstreams.GatewaySettings;
import dev.sluice.gateway.upstreams.Quota;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Callers that share connections: whose ids are whose, and how much each may have. */
class CallersTest {

  private static final String TOPIC = "orders";

  private record Named(String name, Quota sessions, Quota streams) implements Caller {
    Named(String name, int sessions) {
      this(name, Quota.of("sessions of " + name, sessions, "a test"), Quota.UNLIMITED);
    }

    @Override
    public void charge(int requests) {}
  }

  private final Caller alice = new Named("alice", 2);
  private final Caller bob = new Named("bob", 2);

  @Test
  void anIdWorksForTheCallerThatItWasMadeForAlone() {
    try (var gateway = ManualGateway.with(GatewaySettings.DEFAULTS)) {
      // given
      var sessions = gateway.gateway().sessions();
      ConnectionScope alices = gateway.connection().of(alice);
      ConnectionScope bobs = gateway.connection().of(bob);
      var producer = gateway.producer(alices, "", Credentials.NONE, TOPIC);
      var consumer = gateway.consumer(alices, ManualGateway.consumerSpec(TOPIC, "g", "*", false));

      // then
      for (boolean live : new boolean[] {true, false}) {
        if (!live) {
          producer.close();
          consumer.close();
        }
        assertForeign(() -> sessions.producer(bobs, producer.id()));
        assertForeign(() -> sessions.consumer(bobs, consumer.id()));
        assertForeign(() -> sessions.cleanupProducer(bobs, producer.id()));
        assertForeign(() -> sessions.cleanupConsumer(bobs, consumer.id()));
        assertForeign(() -> sessions.producer(gateway.connection(), producer.id()));
      }
      assertThat(sessions.producer(alices, producer.id()).topic()).isEqualTo(TOPIC);
      assertThat(sessions.consumer(alices, consumer.id()).group()).isEqualTo("g");
      ConnectionScope elsewhere = gateway.gateway().openConnection("elsewhere");
      assertThat(sessions.producer(elsewhere.of(new Named("alice", 1)), producer.id())).isNotNull();
      elsewhere.close();
    }
  }

  private static void assertForeign(ThrowingCallable use) {
    assertThatThrownBy(use)
        .isInstanceOfSatisfying(
            GatewayException.class,
            e -> assertThat(e.category()).isEqualTo(ErrorCategory.PERMISSION_DENIED))
        .hasMessageContaining(" id: was made with another API key")
        .hasMessageNotContaining("alice");
  }

  /** Quiet clients go on when a gateway begins to ask for keys. */
  @Test
  void anIdMadeForNobodyInParticularWorksForEveryone() {
    try (var gateway = ManualGateway.with(GatewaySettings.DEFAULTS)) {
      var made = gateway.producer(TOPIC);
      made.close();

      var found = gateway.gateway().sessions().producer(gateway.connection().of(alice), made.id());

      assertThat(gateway.send(found.lease(), Messages.plain(TOPIC, "m")).value()).isNotNull();
    }
  }

  @Test
  void aCallerHasNoMoreSessionsThanItMayOnAllConnections() {
    try (var gateway = ManualGateway.with(GatewaySettings.DEFAULTS)) {
      // given
      ConnectionScope other = gateway.gateway().openConnection("other");
      var first = gateway.producer(gateway.connection().of(alice), "", Credentials.NONE, TOPIC);
      gateway.consumer(other.of(alice), ManualGateway.consumerSpec(TOPIC, "g", "*", false));

      // then
      assertThatThrownBy(() -> gateway.producer(other.of(alice), "", Credentials.NONE, TOPIC))
          .hasMessageContaining(
              "sessions of alice: more than 2 (the most allowed; a test sets it)");
      gateway.producer(other.of(bob), "", Credentials.NONE, TOPIC);
      first.close();
      gateway.producer(other.of(alice), "", Credentials.NONE, TOPIC);
      other.close();
      assertThat(alice.sessions().taken()).isZero();
    }
  }

  @Test
  void aConnectionHasNoMoreSessionsThanItMayForAllCallers() {
    try (var gateway = ManualGateway.with(GatewaySettings.DEFAULTS)) {
      // given
      Quota two = Quota.of("sessions of this connection", 2, "a test");
      ConnectionScope connection = gateway.gateway().openConnection("sdk", two);
      gateway.producer(connection.of(alice), "", Credentials.NONE, TOPIC);
      var quiet = gateway.producer(connection.of(bob), "", Credentials.NONE, TOPIC);

      // then
      assertThatThrownBy(() -> gateway.producer(connection, "", Credentials.NONE, TOPIC))
          .hasMessageContaining("sessions of this connection: more than 2");
      quiet.close();
      gateway.producer(connection, "", Credentials.NONE, TOPIC);
      assertThatThrownBy(
              () -> gateway.gateway().sessions().producer(connection.of(bob), quiet.id()))
          .as("rebuilding is no way around")
          .hasMessageContaining("more than 2");
      connection.close();
      assertThat(two.taken()).isZero();
      assertThat(bob.sessions().taken()).isZero();
    }
  }

  @Test
  void endingACallerClosesWhatItHasAndNothingElse() {
    try (var gateway = ManualGateway.with(GatewaySettings.DEFAULTS)) {
      // given
      var alices =
          gateway.consumer(
              gateway.connection().of(alice), ManualGateway.consumerSpec(TOPIC, "a", "*", false));
      var bobs =
          gateway.consumer(
              gateway.connection().of(bob), ManualGateway.consumerSpec(TOPIC, "b", "*", false));
      var ended = gateway.open(alices);
      var goesOn = gateway.open(bobs);

      // when
      gateway.run(() -> gateway.connection().end(alice));

      // then
      assertThat(gateway.count(Counter.ACTIVE_CONSUMERS)).isOne();
      assertThat(ended.isOver()).isTrue();
      assertThat(goesOn.isOver()).isFalse();
      assertThat(alice.sessions().taken()).isZero();
      assertThat(gateway.connection().of(alice).isOpen()).as("a new part").isTrue();
    }
  }
}
