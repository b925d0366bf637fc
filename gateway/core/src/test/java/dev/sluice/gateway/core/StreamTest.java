package dev.sluice.gateway.core;

import static dev.sluice.gateway.core.StreamFixture.GROUP;
import static dev.sluice.gateway.core.StreamFixture.TOPIC;
import static dev.sluice.gateway.core.StreamFixture.ackAll;
import static dev.sluice.gateway.core.StreamFixture.buffer;
import static dev.sluice.gateway.core.StreamFixture.gateway;
import static dev.sluice.gateway.core.StreamFixture.hidden;
import static dev.sluice.gateway.core.StreamFixture.publish;
import static dev.sluice.gateway.core.StreamFixture.spec;
import static dev.sluice.gateway.core.StreamFixture.unacknowledged;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.gateway.core.testing.ManualGateway;
import dev.sluice.gateway.core.testing.RecordingSink;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.testing.MemoryFaults.Operation;
import dev.sluice.gateway.spi.testing.MemoryOptions;
import dev.sluice.gateway.spi.testing.Messages;
import dev.sluice.gateway.spi.testing.Outcome;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.gateway.upstreams.GatewaySettings;
import dev.sluice.gateway.upstreams.GatewaySettings.ReceiveSettings;
import dev.sluice.gateway.upstreams.ResourceKinds;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class StreamTest {

  @Test
  void whatIsSentAfterTheConsumerWasCreatedArrivesOnceAndNotAgainWhenAcknowledged() {
    try (var gateway = gateway()) {
      publish(gateway, 0, 3);
      var consumer = gateway.consumer(TOPIC, GROUP);
      publish(gateway, 3, 8);
      var sink = gateway.open(consumer);
      gateway.loops().advance(Duration.ofMillis(10));

      assertThat(sink.deliveries()).hasSize(5);
      ackAll(gateway, consumer, sink.deliveries());
      gateway.loops().advance(Duration.ofMinutes(3));

      assertThat(sink.take()).hasSize(5);
      assertThat(unacknowledged(gateway)).isZero();
      assertThat(gateway.count(Counter.MESSAGES_ACKED)).isEqualTo(5);
      assertThat(gateway.ledger().open(ResourceKinds.HELD_DELIVERY)).isZero();
    }
  }

  @Test
  void topicThatComesWithItsFirstMessageLosesNone() {
    try (var gateway = gateway()) {
      var consumer = gateway.consumer(TOPIC, GROUP);
      var sink = gateway.open(consumer);
      gateway.loops().advance(Duration.ofMillis(2500));
      publish(gateway, 0, 3);
      gateway.loops().advance(Duration.ofSeconds(2));
      assertThat(sink.takeTexts()).containsExactlyInAnyOrder("m0", "m1", "m2");
    }
  }

  @Test
  void missingTopicEndsTheStreamWhereNobodyWillMakeIt() {
    var options = MemoryOptions.DEFAULTS.withTopicsOnSend(false);
    try (var gateway = ManualGateway.with(1, GatewaySettings.DEFAULTS, options)) {
      var made = new Outcome<ConsumerSession>();
      gateway.run(
          () ->
              gateway
                  .gateway()
                  .sessions()
                  .createConsumer(
                      gateway.connection(),
                      ManualGateway.consumerSpec(TOPIC, GROUP, "*", false),
                      made));
      assertThat(made.failure().category()).isEqualTo(ErrorCategory.NOT_FOUND);
      assertThat(made.failure()).hasMessageContaining(TOPIC);
      assertThat(gateway.count(Counter.ACTIVE_CONSUMERS)).isZero();
    }
  }

  @Test
  void unacknowledgedDeliveriesStopAtTheBufferAndGoOnWithEachAcknowledgement() {
    try (var gateway = ManualGateway.with(buffer(10))) {
      var consumer = gateway.consumer(TOPIC, GROUP);
      publish(gateway, 0, 50);
      var sink = gateway.open(consumer);
      gateway.loops().advance(Duration.ofSeconds(10));
      assertThat(sink.deliveries()).hasSize(10);
      assertThat(hidden(gateway)).isEqualTo(10);

      ackAll(gateway, consumer, sink.take().subList(0, 3));
      gateway.loops().advance(Duration.ofMillis(10));
      assertThat(sink.take()).hasSize(3);
      assertThat(hidden(gateway)).isEqualTo(10);
    }
  }

  @Test
  void bytesAreBoundedToo() {
    var d = ReceiveSettings.DEFAULTS;
    var settings =
        GatewaySettings.DEFAULTS.with(
            new ReceiveSettings(
                1000,
                1000,
                1,
                2,
                d.pollWait(),
                d.backOff(),
                d.invisible(),
                d.maxHold(),
                d.maxAttempts()));
    try (var gateway = ManualGateway.with(settings)) {
      var consumer = gateway.consumer(TOPIC, GROUP);
      var lease = gateway.producer(TOPIC).lease();
      for (int i = 0; i < 20; i++) {
        gateway.send(lease, Messages.plain(TOPIC, "x".repeat(400))).value();
      }
      var sink = gateway.open(consumer);
      gateway.loops().advance(Duration.ofMillis(50));
      // The third exceeds the bound; the fourth, which came with it, is parked.
      assertThat(sink.deliveries()).hasSize(3);
      assertThat(gateway.count(Counter.CHANNEL_FULL_EVENTS)).isOne();
      ackAll(gateway, consumer, sink.take());
      gateway.loops().advance(Duration.ofMillis(50));
      assertThat(sink.take()).hasSize(3);
    }
  }

  @Test
  void fullStreamParksWhatIsUnderWayAndLosesNothing() {
    try (var gateway = ManualGateway.with(buffer(4))) {
      gateway.backend().makeTopic(ManualGateway.ADDRESS, TOPIC);
      var one = gateway.consumer(gateway.connection(), spec("a"));
      var two = gateway.consumer(gateway.connection(), spec("b"));
      var lease = gateway.producer(TOPIC).lease();
      for (int i = 0; i < 10; i++) {
        gateway.send(lease, Messages.tagged(TOPIC, "a" + i, "a")).value();
      }
      gateway.send(lease, Messages.tagged(TOPIC, "b0", "b")).value();
      var first = gateway.open(one);
      var second = gateway.open(two);
      gateway.loops().advance(Duration.ofSeconds(1));
      assertThat(first.deliveries()).hasSize(4);
      assertThat(gateway.count(Counter.CHANNEL_FULL_EVENTS)).isPositive();
      long polls = gateway.count(Counter.POLLS);
      gateway.loops().advance(Duration.ofSeconds(60));
      assertThat(gateway.count(Counter.POLLS)).as("paused").isEqualTo(polls);

      for (int i = 0; i < 10; i++) {
        ackAll(gateway, one, first.take());
        ackAll(gateway, two, second.take());
        gateway.loops().advance(Duration.ofSeconds(1));
      }
      assertThat(first.deliveries()).hasSize(10);
      assertThat(second.deliveries()).hasSize(1);
      assertThat(unacknowledged(gateway)).isZero();
      assertThat(gateway.count(Counter.REDELIVERIES)).isZero();
    }
  }

  @Test
  void streamsOfOneGroupGetAllAndOnlyWhatTheyAskFor() {
    try (var gateway = gateway()) {
      gateway.backend().makeTopic(ManualGateway.ADDRESS, TOPIC);
      var a = gateway.consumer(gateway.connection(), spec("a"));
      var bc = gateway.consumer(gateway.connection(), spec("b || c"));
      var sinkA = gateway.open(a);
      var sinkBc = gateway.open(bc);
      var lease = gateway.producer(TOPIC).lease();
      for (String tag : List.of("a", "b", "c", "d", "a")) {
        gateway.send(lease, Messages.tagged(TOPIC, tag, tag)).value();
      }
      gateway.loops().advance(Duration.ofSeconds(5));
      assertThat(sinkA.takeTexts()).containsExactlyInAnyOrder("a", "a");
      assertThat(sinkBc.takeTexts()).containsExactlyInAnyOrder("b", "c");
    }
  }

  @Test
  void streamsOfOneGroupShareItsMessagesInTurn() {
    try (var gateway = gateway()) {
      gateway.backend().makeTopic(ManualGateway.ADDRESS, TOPIC);
      var consumer = gateway.consumer(gateway.connection(), spec("*"));
      var one = gateway.open(consumer);
      var two = gateway.open(gateway.consumer(gateway.connection(), spec("*")));
      publish(gateway, 0, 40);
      gateway.loops().advance(Duration.ofSeconds(1));
      assertThat(one.deliveries()).hasSize(20);
      assertThat(two.deliveries()).hasSize(20);
      assertThat(texts(one)).doesNotContainAnyElementsOf(texts(two));
    }
  }

  private static List<String> texts(RecordingSink sink) {
    return sink.deliveries().stream().map(d -> Messages.text(d.delivery())).toList();
  }

  @Test
  void streamsOnSeveralLoopsAreCalledOnTheirOwn() {
    try (var gateway = ManualGateway.with(3, GatewaySettings.DEFAULTS, MemoryOptions.DEFAULTS)) {
      gateway.backend().makeTopic(ManualGateway.ADDRESS, TOPIC);
      var consumer = gateway.consumer(gateway.connection(), spec("*"));
      var sinks =
          List.of(gateway.open(0, consumer), gateway.open(1, consumer), gateway.open(2, consumer));
      publish(gateway, 0, 30);
      gateway.loops().advance(Duration.ofSeconds(1));
      for (RecordingSink sink : sinks) {
        assertThat(sink.deliveries()).hasSize(10);
        ackAll(gateway, consumer, sink.take());
      }
      assertThat(unacknowledged(gateway)).isZero();
      sinks.get(1).stream().close();
      sinks.get(0).stream().close();
      publish(gateway, 30, 40);
      gateway.loops().advance(Duration.ofSeconds(1));
      assertThat(sinks.get(2).take()).hasSize(10);
    }
  }

  @Test
  void endedStreamHandsBackAtOnceAndAnotherOfTheGroupGetsIt() {
    try (var gateway = gateway()) {
      gateway.backend().makeTopic(ManualGateway.ADDRESS, TOPIC);
      var connection = gateway.gateway().openConnection("leaver");
      var leaver = gateway.consumer(connection, spec("*"));
      var first = gateway.open(leaver);
      publish(gateway, 0, 10);
      gateway.loops().advance(Duration.ofMillis(100));
      assertThat(first.take()).hasSize(10);
      var stayer = gateway.consumer(gateway.connection(), spec("*"));
      var second = gateway.open(stayer);

      connection.close();
      gateway.loops().advance(Duration.ofMillis(200));

      assertThat(second.deliveries()).hasSize(10);
      assertThat(first.isOver()).isTrue();
      assertThat(gateway.count(Counter.HANDED_BACK)).isEqualTo(10);
      assertThat(second.deliveries()).allMatch(one -> one.delivery().attempt() == 2);
      assertThat(gateway.count(Counter.ACTIVE_CONSUMERS)).isOne();
      ackAll(gateway, stayer, second.take());
    }
  }

  @Test
  void acknowledgementWhileItsDeliveryIsHandedBackWaitsForTheHandleThatHolds() {
    try (var gateway = gateway()) {
      gateway.backend().makeTopic(ManualGateway.ADDRESS, TOPIC);
      var consumer = gateway.consumer(gateway.connection(), spec("*"));
      var sink = gateway.open(consumer);
      publish(gateway, 0, 1);
      gateway.loops().advance(Duration.ofMillis(100));
      gateway.faults().hold(Operation.CHANGE_INVISIBLE);
      sink.stream().close();
      gateway.loops().runReady();
      var acked = gateway.ack(consumer.lease(), sink.take().getFirst().handle());
      assertThat(acked.isOver()).isFalse();

      gateway
          .faults()
          .failNext(Operation.CHANGE_INVISIBLE, GatewayException.unavailable("away", null));
      gateway.faults().release(Operation.CHANGE_INVISIBLE);
      gateway.loops().runReady();

      acked.succeeded();
      assertThat(unacknowledged(gateway)).isZero();
    }
  }

  @Test
  void sameGroupReconnectsImmediately() {
    try (var gateway = gateway()) {
      gateway.backend().makeTopic(ManualGateway.ADDRESS, TOPIC);
      for (int i = 0; i < 20; i++) {
        var connection = gateway.gateway().openConnection("c" + i);
        var consumer = gateway.consumer(connection, spec("*"));
        var sink = gateway.open(consumer);
        publish(gateway, i, i + 1);
        gateway.loops().advance(Duration.ofMillis(150));
        assertThat(sink.takeTexts()).as("round " + i).contains("m" + i);
        ackAll(gateway, consumer, sink.deliveries());
        connection.close();
      }
      gateway.loops().advance(Duration.ofSeconds(10));
      assertThat(gateway.count(Counter.ACTIVE_STREAMS)).isZero();
      assertThat(unacknowledged(gateway)).isZero();
    }
  }

  @Test
  void closingTheGatewayHandsBackWhatStreamsHold() {
    try (var gateway = gateway()) {
      gateway.backend().makeTopic(ManualGateway.ADDRESS, TOPIC);
      var sink = gateway.open(gateway.consumer(gateway.connection(), spec("*")));
      publish(gateway, 0, 200);
      gateway.loops().advance(Duration.ofMillis(100));
      assertThat(sink.deliveries()).hasSize(200);
      var report = gateway.closeGateway();
      assertThat(report.clean()).as(report.describe()).isTrue();
      assertThat(hidden(gateway)).isZero();
      assertThat(unacknowledged(gateway)).isEqualTo(200);
      assertThat(report.took()).isLessThan(Duration.ofSeconds(1));
    }
  }

  @Test
  void anEndedStreamIsForgottenThoughItsHandlesAreStillRemembered() {
    try (var gateway = gateway()) {
      var consumer = gateway.consumer(TOPIC, GROUP);
      publish(gateway, 0, 3);
      var gone = ended(gateway, consumer);

      await()
          .untilAsserted(
              () -> {
                System.gc();
                assertThat(gone.get()).isNull();
              });
    }
  }

  private static WeakReference<RecordingSink> ended(
      ManualGateway gateway, ConsumerSession consumer) {
    var sink = gateway.open(consumer);
    gateway.loops().advance(Duration.ofMillis(10));
    assertThat(sink.deliveries()).hasSize(3);
    sink.stream().close();
    gateway.loops().advance(Duration.ofMillis(10));
    return new WeakReference<>(sink);
  }
}
