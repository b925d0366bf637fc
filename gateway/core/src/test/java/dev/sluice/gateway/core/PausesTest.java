package dev.sluice.gateway.core;

import static dev.sluice.gateway.core.StreamFixture.TOPIC;
import static dev.sluice.gateway.core.StreamFixture.ackAll;
import static dev.sluice.gateway.core.StreamFixture.buffer;
import static dev.sluice.gateway.core.StreamFixture.gateway;
import static dev.sluice.gateway.core.StreamFixture.publish;
import static dev.sluice.gateway.core.StreamFixture.spec;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.core.testing.ManualGateway;
import dev.sluice.gateway.core.testing.RecordingSink;
import dev.sluice.gateway.spi.testing.Messages;
import dev.sluice.gateway.spi.testing.Outcome;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.gateway.upstreams.GatewaySettings;
import dev.sluice.gateway.upstreams.GatewaySettings.ReceiveSettings;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Every pause of a stream is counted, once. */
class PausesTest {

  private static final Duration MOMENT = Duration.ofMillis(10);

  private static long counted(ManualGateway gateway) {
    return gateway.count(Counter.CHANNEL_FULL_EVENTS);
  }

  @Test
  void aLoneStreamThatHoldsAllItMayPausesOnceHoweverLong() {
    try (var gateway = ManualGateway.with(buffer(10))) {
      gateway.backend().makeTopic(ManualGateway.ADDRESS, TOPIC);
      var sink = gateway.open(gateway.consumer(gateway.connection(), spec("*")));
      publish(gateway, 0, 9);
      gateway.loops().advance(MOMENT);
      assertThat(counted(gateway)).isZero();

      publish(gateway, 9, 50);
      gateway.loops().advance(Duration.ofMinutes(5));

      assertThat(sink.deliveries()).hasSize(10);
      assertThat(counted(gateway)).isOne();
    }
  }

  @Test
  void eachTimeThatItFillsUpAgainIsAPauseOfItsOwn() {
    try (var gateway = ManualGateway.with(buffer(10))) {
      gateway.backend().makeTopic(ManualGateway.ADDRESS, TOPIC);
      var consumer = gateway.consumer(gateway.connection(), spec("*"));
      publish(gateway, 0, 25);
      var sink = gateway.open(consumer);
      gateway.loops().advance(MOMENT);
      ackTogether(gateway, consumer, sink);
      assertThat(counted(gateway)).isEqualTo(2);

      ackTogether(gateway, consumer, sink);

      assertThat(sink.take()).as("the rest, which leaves room").hasSize(5);
      assertThat(counted(gateway)).isEqualTo(2);
    }
  }

  private static void ackTogether(
      ManualGateway gateway, ConsumerSession consumer, RecordingSink sink) {
    gateway.run(
        () ->
            sink.take()
                .forEach(
                    one ->
                        gateway
                            .gateway()
                            .acks()
                            .ack(consumer.lease(), one.handle(), new Outcome<>())));
    gateway.loops().advance(MOMENT);
  }

  @Test
  void aFullStreamPausesThoughAnotherOfItsGroupTakesEverything() {
    try (var gateway = ManualGateway.with(buffer(10))) {
      gateway.backend().makeTopic(ManualGateway.ADDRESS, TOPIC);
      var consumer = gateway.consumer(gateway.connection(), spec("*"));
      var full = gateway.open(consumer);
      var taking = gateway.open(consumer);
      for (int i = 0; i < 100; i++) {
        publish(gateway, i, i + 1);
        gateway.loops().advance(MOMENT);
        ackAll(gateway, consumer, taking.take());
      }

      assertThat(full.deliveries()).hasSize(10);
      assertThat(taking.deliveries()).hasSize(90);
      assertThat(counted(gateway)).isOne();
    }
  }

  @Test
  void aStreamThatHoldsAllTheBytesThatItMayPauses() {
    var d = ReceiveSettings.DEFAULTS;
    var settings =
        GatewaySettings.DEFAULTS.with(
            new ReceiveSettings(
                1000,
                1000,
                d.concurrentPolls(),
                d.pollBatch(),
                d.pollWait(),
                d.backOff(),
                d.invisible(),
                d.maxHold(),
                d.maxAttempts()));
    try (var gateway = ManualGateway.with(settings)) {
      var consumer = gateway.consumer(TOPIC, "group");
      var sink = gateway.open(consumer);
      var lease = gateway.producer(TOPIC).lease();
      for (int i = 0; i < 5; i++) {
        gateway.send(lease, Messages.plain(TOPIC, "x".repeat(1500))).value();
      }
      gateway.loops().advance(Duration.ofSeconds(5));
      assertThat(sink.deliveries()).hasSize(1);
      assertThat(counted(gateway)).isOne();

      ackAll(gateway, consumer, sink.take());
      gateway.loops().advance(MOMENT);

      assertThat(sink.deliveries()).hasSize(2);
      assertThat(counted(gateway)).isEqualTo(2);
    }
  }

  @Test
  void aStreamThatNobodyReadsPausesOnceThatLasts() {
    try (var gateway = gateway()) {
      gateway.backend().makeTopic(ManualGateway.ADDRESS, TOPIC);
      var sink = gateway.open(gateway.consumer(gateway.connection(), spec("*")));
      for (int i = 0; i < 50; i++) {
        // A transport that is full for a moment, as one is whenever much is on its way.
        unread(gateway, sink, i);
        gateway.loops().advance(MOMENT);
        gateway.run(() -> sink.setReady(true));
      }
      gateway.loops().advance(Duration.ofSeconds(1));
      assertThat(counted(gateway)).isZero();

      unread(gateway, sink, 50);
      gateway.loops().advance(Duration.ofMinutes(5));
      assertThat(counted(gateway)).isOne();

      gateway.run(() -> sink.setReady(true));
      unread(gateway, sink, 51);
      gateway.loops().advance(Duration.ofMinutes(5));
      assertThat(counted(gateway)).isEqualTo(2);
    }
  }

  @Test
  void aStreamThatIsFullAndThatNobodyReadsPausesOnce() {
    try (var gateway = ManualGateway.with(buffer(1))) {
      gateway.backend().makeTopic(ManualGateway.ADDRESS, TOPIC);
      var sink = gateway.open(gateway.consumer(gateway.connection(), spec("*")));
      unread(gateway, sink, 0);
      gateway.loops().advance(Duration.ofMinutes(5));

      assertThat(sink.deliveries()).hasSize(1);
      assertThat(counted(gateway)).isOne();
    }
  }

  /** The sink's transport is full with the message of that number. */
  private static void unread(ManualGateway gateway, RecordingSink sink, int number) {
    sink.setReady(false);
    publish(gateway, number, number + 1);
    gateway.loops().advance(MOMENT);
  }
}
