package dev.sluice.gateway.core;

import static dev.sluice.gateway.core.StreamFixture.GROUP;
import static dev.sluice.gateway.core.StreamFixture.TOPIC;
import static dev.sluice.gateway.core.StreamFixture.buffer;
import static dev.sluice.gateway.core.StreamFixture.gateway;
import static dev.sluice.gateway.core.StreamFixture.publish;
import static dev.sluice.gateway.core.StreamFixture.spec;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.core.testing.ManualGateway;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.gateway.spi.testing.MemoryFaults.Operation;
import dev.sluice.gateway.spi.testing.MemoryOptions;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.gateway.upstreams.GatewaySettings;
import dev.sluice.gateway.upstreams.GatewaySettings.ReceiveSettings;
import dev.sluice.gateway.upstreams.ResourceKinds;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** When a group's poll asks, waits and gives up. */
class PollTest {

  @Test
  void failedPollIsRepeatedAfterTheBackOff() {
    try (var gateway = gateway()) {
      gateway.backend().makeTopic(ManualGateway.ADDRESS, TOPIC);
      var consumer = gateway.consumer(gateway.connection(), spec("*"));
      gateway.faults().failNext(Operation.RECEIVE, GatewayException.unavailable("away", null));
      var sink = gateway.open(consumer);
      publish(gateway, 0, 1);
      gateway.loops().advance(Duration.ofMillis(900));
      assertThat(sink.deliveries()).isEmpty();
      gateway.loops().advance(Duration.ofMillis(200));
      assertThat(sink.deliveries()).hasSize(1);
    }
  }

  @Test
  void refusedPollEndsTheStreamWithItsReason() {
    try (var gateway = gateway()) {
      gateway.backend().makeTopic(ManualGateway.ADDRESS, TOPIC);
      var consumer = gateway.consumer(gateway.connection(), spec("*"));
      gateway
          .faults()
          .failNext(
              Operation.RECEIVE,
              new GatewayException(ErrorCategory.PERMISSION_DENIED, Subject.GROUP, "not yours"));
      var sink = gateway.open(consumer);
      gateway.loops().advance(Duration.ofMillis(100));
      assertThat(sink.failure().category()).isEqualTo(ErrorCategory.PERMISSION_DENIED);
      assertThat(gateway.ledger().open(ResourceKinds.STREAM)).isZero();
    }
  }

  @Test
  void closingDoesNotWaitForABackOff() {
    var d = ReceiveSettings.DEFAULTS;
    var settings =
        GatewaySettings.DEFAULTS.with(
            new ReceiveSettings(
                10,
                d.bufferBytes(),
                1,
                8,
                d.pollWait(),
                Duration.ofMinutes(5),
                d.invisible(),
                d.maxHold(),
                d.maxAttempts()));
    try (var gateway = ManualGateway.with(settings)) {
      gateway.backend().makeTopic(ManualGateway.ADDRESS, TOPIC);
      var consumer = gateway.consumer(gateway.connection(), spec("*"));
      gateway.faults().failNext(Operation.RECEIVE, GatewayException.unavailable("away", null));
      gateway.open(consumer);
      assertThat(gateway.closeGateway().took()).isLessThan(Duration.ofSeconds(1));
    }
  }

  @Test
  void receivesThatEndBeforeTheirCallReturnsDoNotNest() {
    var options = MemoryOptions.DEFAULTS.completingImmediately();
    try (var gateway = ManualGateway.with(1, buffer(100_000), options)) {
      gateway.backend().makeTopic(ManualGateway.ADDRESS, TOPIC);
      var consumer = gateway.consumer(gateway.connection(), spec("*"));
      publish(gateway, 0, 20_000);
      var sink = gateway.open(consumer);
      gateway.loops().advance(Duration.ofMillis(10));
      assertThat(sink.deliveries()).hasSize(20_000);
    }
  }

  @Test
  void nothingIsAskedForWhileTheTransportIsNotReady() {
    try (var gateway = gateway()) {
      gateway.backend().makeTopic(ManualGateway.ADDRESS, TOPIC);
      var consumer = gateway.consumer(TOPIC, GROUP);
      var sink = gateway.open(consumer);
      publish(gateway, 0, 1);
      gateway.loops().advance(Duration.ofMillis(10));
      sink.setReady(false);
      publish(gateway, 1, 3);
      gateway.loops().advance(Duration.ofMillis(10));
      long before = sink.deliveries().size();
      publish(gateway, 3, 20);
      gateway.loops().advance(Duration.ofSeconds(30));
      assertThat(sink.deliveries()).hasSizeLessThan(8).hasSizeGreaterThanOrEqualTo((int) before);
      gateway.run(() -> sink.setReady(true));
      gateway.loops().advance(Duration.ofSeconds(1));
      assertThat(sink.deliveries()).hasSize(20);
    }
  }

  @Test
  void pollDoesNotWaitForLongWhileItsStreamsHoldWhatTheyMightHandBack() {
    try (var gateway = gateway()) {
      gateway.backend().makeTopic(ManualGateway.ADDRESS, TOPIC);
      var consumer = gateway.consumer(gateway.connection(), spec("*"));
      gateway.open(consumer);
      gateway.loops().advance(Duration.ofMillis(10));
      long before = gateway.count(Counter.POLLS);
      gateway.loops().advance(Duration.ofSeconds(15));
      assertThat(gateway.count(Counter.POLLS) - before).as("holding nothing").isEqualTo(3);

      publish(gateway, 0, 1);
      gateway.loops().advance(Duration.ofMillis(10));
      before = gateway.count(Counter.POLLS);
      gateway.loops().advance(Duration.ofSeconds(15));
      assertThat(gateway.count(Counter.POLLS) - before).as("holding one").isEqualTo(10);
    }
  }

  @Test
  void pollThatFailsBeforeItsCallReturnsWaitsForTheBackOffToo() {
    var options = MemoryOptions.DEFAULTS.completingImmediately();
    try (var gateway = ManualGateway.with(1, GatewaySettings.DEFAULTS, options)) {
      gateway.backend().makeTopic(ManualGateway.ADDRESS, TOPIC);
      var consumer = gateway.consumer(gateway.connection(), spec("*"));
      for (int i = 0; i < 20; i++) {
        gateway.faults().failNext(Operation.RECEIVE, GatewayException.unavailable("away", null));
      }
      var sink = gateway.open(consumer);
      publish(gateway, 0, 1);
      gateway.loops().advance(Duration.ofMillis(900));
      assertThat(gateway.faults().calls(Operation.RECEIVE)).as("in the first second").isOne();
      gateway.loops().advance(Duration.ofSeconds(20));
      assertThat(sink.deliveries()).hasSize(1);
      assertThat(gateway.count(Counter.POLL_FAILURES)).isEqualTo(20);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"JOIN", "SUBSCRIBE"})
  void streamThatComesWhileTheGroupIsBeingLeftIsServed(Operation leaving) {
    try (var gateway = gateway()) {
      gateway.backend().makeTopic(ManualGateway.ADDRESS, TOPIC);
      var first = gateway.consumer(gateway.connection(), spec("*"));
      var second = gateway.consumer(gateway.connection(), spec("*"));
      gateway.open(first).stream().close();
      gateway.faults().hold(leaving);
      gateway.loops().advance(ReceiveSettings.DEFAULTS.pollWait());
      assertThat(gateway.faults().holding(leaving)).isOne();

      var sink = gateway.open(second);
      gateway.faults().release(leaving);
      publish(gateway, 0, 1);
      gateway.loops().advance(Duration.ofMillis(10));

      assertThat(sink.deliveries()).hasSize(1);
    }
  }
}
