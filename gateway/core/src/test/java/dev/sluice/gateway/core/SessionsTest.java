package dev.sluice.gateway.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.gateway.core.testing.ManualGateway;
import dev.sluice.gateway.spi.Credentials;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.testing.MemoryFaults.Operation;
import dev.sluice.gateway.spi.testing.Messages;
import dev.sluice.gateway.spi.testing.Outcome;
import dev.sluice.gateway.upstreams.ClusterKey;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.gateway.upstreams.GatewaySettings;
import dev.sluice.gateway.upstreams.ResourceKinds;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class SessionsTest {

  private static final String TOPIC = "orders";

  private static ErrorCategory refusal(Runnable call) {
    try {
      call.run();
    } catch (GatewayException e) {
      return e.category();
    }
    throw new AssertionError("not refused");
  }

  @Test
  void endedConnectionReleasesAllItsSessionsAndTheirIdsWorkOn() {
    try (var gateway = ManualGateway.with(GatewaySettings.DEFAULTS)) {
      var connection = gateway.gateway().openConnection("sdk");
      var producer = gateway.producer(connection, "", Credentials.NONE, TOPIC);
      for (int i = 0; i < 100; i++) {
        gateway.producer(connection, "", Credentials.NONE, TOPIC);
        gateway.consumer(connection, ManualGateway.consumerSpec(TOPIC, "g" + i, "*", false));
      }
      assertThat(gateway.count(Counter.ACTIVE_PRODUCERS)).isEqualTo(101);
      assertThat(gateway.count(Counter.ACTIVE_CONSUMERS)).isEqualTo(100);
      assertThat(gateway.backend().openUpstreams()).as("shared").isOne();

      connection.close();
      connection.close();

      assertThat(gateway.count(Counter.ACTIVE_PRODUCERS)).isZero();
      assertThat(gateway.count(Counter.ACTIVE_CONSUMERS)).isZero();
      assertThat(gateway.ledger().open(ResourceKinds.PRODUCER)).isZero();
      gateway.loops().advance(Duration.ofSeconds(60));
      assertThat(gateway.backend().openUpstreams()).as("idle").isZero();
      var rebuilt = gateway.gateway().sessions().producer(gateway.connection(), producer.id());
      assertThat(rebuilt.topic()).isEqualTo(TOPIC);
      assertThat(gateway.send(rebuilt.lease(), Messages.plain(TOPIC, "m")).value()).isNotNull();
      assertThat(gateway.gateway().sessions().producer(gateway.connection(), producer.id()))
          .isSameAs(rebuilt);
    }
  }

  @Test
  void idOfOneInstanceWorksOnAnotherWithTheSameKeyAndOnNoOther() {
    var key = ClusterKey.random();
    try (var one = ManualGateway.with(key);
        var two = one.another(key, GatewaySettings.DEFAULTS);
        var stranger = ManualGateway.with(GatewaySettings.DEFAULTS)) {
      var spec = ManualGateway.consumerSpec(TOPIC, "billing", "b || a", true);
      var made = one.consumer(one.connection(), spec);
      var found = two.gateway().sessions().consumer(two.connection(), made.id());
      assertThat(found.topic()).isEqualTo(TOPIC);
      assertThat(found.group()).isEqualTo("billing");
      assertThat(found.filter().expression()).isEqualTo("a||b");
      assertThat(found.ordered()).isTrue();
      assertThat(
              refusal(
                  () -> stranger.gateway().sessions().consumer(stranger.connection(), made.id())))
          .isEqualTo(ErrorCategory.NOT_FOUND);
      assertThat(refusal(() -> one.gateway().sessions().producer(one.connection(), made.id())))
          .as("a consumer's id is no producer's")
          .isEqualTo(ErrorCategory.NOT_FOUND);
    }
  }

  @Test
  void cleanedUpIdIsNotFoundAndCountedOnce() {
    try (var gateway = ManualGateway.with(GatewaySettings.DEFAULTS)) {
      var sessions = gateway.gateway().sessions();
      var live = gateway.producer(TOPIC);
      assertThat(sessions.cleanupProducer(gateway.connection(), live.id())).isOne();
      assertThat(sessions.cleanupProducer(gateway.connection(), live.id())).isZero();
      assertThat(sessions.cleanupProducer(gateway.connection(), "nonsense")).isZero();
      assertThat(refusal(() -> sessions.producer(gateway.connection(), live.id())))
          .isEqualTo(ErrorCategory.NOT_FOUND);
      var quiet = gateway.producer(TOPIC);
      quiet.close();
      assertThat(sessions.cleanupProducer(gateway.connection(), quiet.id())).isOne();
      assertThat(refusal(() -> sessions.producer(gateway.connection(), quiet.id())))
          .isEqualTo(ErrorCategory.NOT_FOUND);
    }
  }

  @Test
  void cleanupByTopicAndByGroupEndsOnlyWhatItNames() {
    try (var gateway = ManualGateway.with(GatewaySettings.DEFAULTS)) {
      var sessions = gateway.gateway().sessions();
      var other = gateway.gateway().openConnection("other");
      gateway.producer(TOPIC);
      gateway.producer(TOPIC);
      gateway.producer(other, "", Credentials.NONE, TOPIC);
      gateway.producer("payments");
      gateway.producer(gateway.connection(), "other", Credentials.NONE, TOPIC);
      assertThat(sessions.cleanupProducers(gateway.connection(), TOPIC, "memory:9876"))
          .isEqualTo(2);
      assertThat(sessions.cleanupProducers(gateway.connection(), TOPIC, "")).isOne();
      assertThat(sessions.cleanupProducers(other, TOPIC, "")).isOne();
      assertThat(gateway.count(Counter.ACTIVE_PRODUCERS)).isOne();

      gateway.consumer(TOPIC, "a");
      gateway.consumer("payments", "a");
      gateway.consumer(TOPIC, "b");
      assertThat(sessions.cleanupConsumers(gateway.connection(), "a", TOPIC)).isOne();
      assertThat(sessions.cleanupConsumers(gateway.connection(), "a", "")).isOne();
      assertThat(gateway.count(Counter.ACTIVE_CONSUMERS)).isOne();
      other.close();
    }
  }

  @Test
  void wrongNamesAreRefusedWithTheValueAndWhatWasExpected() {
    try (var gateway = ManualGateway.with(GatewaySettings.DEFAULTS)) {
      for (String topic : List.of("", "a b", "x".repeat(128), "t\u00f6pic", "a\nb")) {
        var outcome = new Outcome<ProducerSession>();
        var spec = new ProducerSpec("", "", Credentials.NONE, topic);
        gateway.run(
            () -> gateway.gateway().sessions().createProducer(gateway.connection(), spec, outcome));
        assertThat(outcome.failure().category()).isEqualTo(ErrorCategory.INVALID_ARGUMENT);
        assertThat(outcome.failure())
            .hasMessageStartingWith("topic: ")
            .hasMessageContaining("(expected: 1 to 127 characters");
      }
      var outcome = new Outcome<ConsumerSession>();
      gateway.run(
          () ->
              gateway
                  .gateway()
                  .sessions()
                  .createConsumer(
                      gateway.connection(),
                      ManualGateway.consumerSpec(TOPIC, "g".repeat(121), "*", false),
                      outcome));
      assertThat(outcome.failure()).hasMessageContaining("(expected: 1 to 120 characters");
      var filter = new Outcome<ConsumerSession>();
      gateway.run(
          () ->
              gateway
                  .gateway()
                  .sessions()
                  .createConsumer(
                      gateway.connection(),
                      ManualGateway.consumerSpec(TOPIC, "g", "a|b", false),
                      filter));
      assertThat(filter.failure())
          .hasMessage("tag expression: a|b (expected: * or tags separated by ||)");
      assertThat(gateway.ledger().snapshot().open(ResourceKinds.LEASE)).isZero();
    }
  }

  @Test
  void idShowsNothingOfTheCredentialsAndNoTwoAreEqual() {
    try (var gateway = ManualGateway.with(GatewaySettings.DEFAULTS)) {
      var credentials = new Credentials("access", "verysecret");
      var one = gateway.producer(gateway.connection(), "", credentials, TOPIC);
      var two = gateway.producer(gateway.connection(), "", credentials, TOPIC);
      assertThat(one.id()).isNotEqualTo(two.id()).matches("[A-Za-z0-9_-]+");
      assertThat(gateway.ledger().snapshot().toString()).doesNotContain("verysecret");
      assertThat(one.lease().spec().credentials()).isEqualTo(credentials);
    }
  }

  @Test
  void failedStartLeavesNoSession() {
    try (var gateway = ManualGateway.with(GatewaySettings.DEFAULTS)) {
      gateway
          .faults()
          .failNext(Operation.START, GatewayException.unavailable("memory: away", null));
      var outcome = new Outcome<ProducerSession>();
      var spec = new ProducerSpec("default", "", Credentials.NONE, TOPIC);
      gateway.run(
          () -> gateway.gateway().sessions().createProducer(gateway.connection(), spec, outcome));
      assertThat(outcome.category()).isEqualTo(ErrorCategory.UNAVAILABLE);
      assertThat(gateway.count(Counter.ACTIVE_PRODUCERS)).isZero();
      assertThat(gateway.gateway().upstreams().open()).isZero();
    }
  }

  @Test
  void endpointThatIsNotAllowedIsRefusedWithTheSettingThatAllowsIt() {
    try (var gateway = ManualGateway.with(GatewaySettings.DEFAULTS)) {
      var outcome = new Outcome<ProducerSession>();
      var spec = new ProducerSpec("10.0.0.1:9876", "", Credentials.NONE, TOPIC);
      gateway.run(
          () -> gateway.gateway().sessions().createProducer(gateway.connection(), spec, outcome));
      assertThat(outcome.category()).isEqualTo(ErrorCategory.PERMISSION_DENIED);
      assertThat(outcome.failure())
          .hasMessageContaining("10.0.0.1:9876")
          .hasMessageContaining("ALLOWED_ENDPOINTS / --allowed-endpoints");
    }
  }

  @Test
  void nothingIsAcceptedBeforeTheStartAndAfterTheClose() {
    var gateway = ManualGateway.with(GatewaySettings.DEFAULTS);
    var producer = gateway.producer(TOPIC);
    gateway.close();
    assertThat(gateway.send(producer.lease(), Messages.plain(TOPIC, "m")).category())
        .isEqualTo(ErrorCategory.UNAVAILABLE);
    assertThat(
            refusal(
                () -> gateway.gateway().sessions().producer(gateway.connection(), producer.id())))
        .isEqualTo(ErrorCategory.UNAVAILABLE);
    assertThatThrownBy(() -> gateway.gateway().start()).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void connectionThatEndsTakesNothingOfAnotherThatUsesTheSameIds() {
    try (var gateway = ManualGateway.with(GatewaySettings.DEFAULTS)) {
      // given a caller whose network broke: it is back before its old connection is found dead
      var broken = gateway.gateway().openConnection("broken");
      var spec = ManualGateway.consumerSpec(TOPIC, "g", "*", false);
      var consumer = gateway.consumer(broken, spec);
      var producer = gateway.producer(broken, "", Credentials.NONE, TOPIC);
      var sessions = gateway.gateway().sessions();
      var sink = gateway.open(sessions.consumer(gateway.connection(), consumer.id()));
      var again = sessions.producer(gateway.connection(), producer.id());
      assertThat(gateway.count(Counter.ACTIVE_CONSUMERS)).isEqualTo(2);
      assertThat(gateway.count(Counter.ACTIVE_PRODUCERS)).isEqualTo(2);

      broken.close();

      assertThat(gateway.count(Counter.ACTIVE_CONSUMERS)).isOne();
      assertThat(gateway.count(Counter.ACTIVE_PRODUCERS)).isOne();
      gateway.send(again.lease(), Messages.plain(TOPIC, "m")).value();
      gateway.loops().advance(Duration.ofSeconds(1));
      assertThat(sink.deliveries()).hasSize(1);
    }
  }

  @Test
  void cleanedUpIdEndsOnAllConnections() {
    try (var gateway = ManualGateway.with(GatewaySettings.DEFAULTS)) {
      var other = gateway.gateway().openConnection("other");
      var sessions = gateway.gateway().sessions();
      var id = gateway.producer(TOPIC).id();
      sessions.producer(other, id);

      assertThat(sessions.cleanupProducer(other, id)).isOne();

      assertThat(gateway.count(Counter.ACTIVE_PRODUCERS)).isZero();
      assertThat(refusal(() -> sessions.producer(gateway.connection(), id)))
          .isEqualTo(ErrorCategory.NOT_FOUND);
      other.close();
    }
  }

  @Test
  void consumerEndsWithItsLastStreamAndItsIdWorksOn() {
    try (var gateway = ManualGateway.with(GatewaySettings.DEFAULTS)) {
      var consumer = gateway.consumer(TOPIC, "g");
      var one = gateway.open(consumer);
      var two = gateway.open(consumer);

      one.stream().close();
      gateway.loops().advance(Duration.ofSeconds(1));
      assertThat(gateway.count(Counter.ACTIVE_CONSUMERS)).isOne();
      two.stream().close();
      gateway.loops().advance(Duration.ofSeconds(1));
      assertThat(gateway.count(Counter.ACTIVE_CONSUMERS)).isZero();

      var rebuilt = gateway.gateway().sessions().consumer(gateway.connection(), consumer.id());
      var three = gateway.open(rebuilt);
      gateway.send(gateway.producer(TOPIC).lease(), Messages.plain(TOPIC, "m")).value();
      gateway.loops().advance(Duration.ofSeconds(1));
      assertThat(three.deliveries()).hasSize(1);
    }
  }

  @Test
  void groupThatIsOlderThanItsTopicMissesNothingOfItAlsoWhenItsSessionWasRebuilt() {
    try (var gateway = ManualGateway.with(GatewaySettings.DEFAULTS)) {
      // given a consumer of a topic that is not there yet, whose connection ends
      var connection = gateway.gateway().openConnection("sdk");
      var spec = ManualGateway.consumerSpec("new", "g", "*", false);
      var consumer = gateway.consumer(connection, spec);
      assertThat(gateway.count(Counter.ACTIVE_CONSUMERS)).isOne();
      connection.close();

      // when
      gateway.send(gateway.producer("new").lease(), Messages.plain("new", "first")).value();

      // then
      var rebuilt = gateway.gateway().sessions().consumer(gateway.connection(), consumer.id());
      var sink = gateway.open(rebuilt);
      gateway.loops().advance(Duration.ofSeconds(1));
      assertThat(sink.deliveries()).hasSize(1);
    }
  }
}
