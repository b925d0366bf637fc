package dev.sluice.gateway.core;

import static dev.sluice.gateway.core.StreamFixture.TOPIC;
import static dev.sluice.gateway.core.StreamFixture.ackAll;
import static dev.sluice.gateway.core.StreamFixture.buffer;
import static dev.sluice.gateway.core.StreamFixture.gateway;
import static dev.sluice.gateway.core.StreamFixture.publish;
import static dev.sluice.gateway.core.StreamFixture.spec;
import static dev.sluice.gateway.core.StreamFixture.unacknowledged;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.core.testing.ManualGateway;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.testing.MemoryFaults.Operation;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** How long a stream may hold what it has, and what is done meanwhile. */
class StreamHoldsTest {

  @Test
  void heldDeliveryIsRenewedAndAcknowledgedByItsFirstHandleMinutesLater() {
    try (var gateway = gateway()) {
      gateway.backend().makeTopic(ManualGateway.ADDRESS, TOPIC);
      var consumer = gateway.consumer(gateway.connection(), spec("*"));
      var sink = gateway.open(consumer);
      publish(gateway, 0, 1);
      gateway.loops().advance(Duration.ofMinutes(10));
      assertThat(sink.deliveries()).hasSize(1);
      assertThat(gateway.count(Counter.RENEWALS)).isBetween(10L, 16L);
      ackAll(gateway, consumer, sink.take());
      assertThat(unacknowledged(gateway)).isZero();
      gateway.loops().advance(Duration.ofMinutes(2));
      assertThat(sink.take()).isEmpty();
    }
  }

  @Test
  void failedRenewalIsRepeatedInTime() {
    try (var gateway = gateway()) {
      gateway.backend().makeTopic(ManualGateway.ADDRESS, TOPIC);
      var consumer = gateway.consumer(gateway.connection(), spec("*"));
      var sink = gateway.open(consumer);
      publish(gateway, 0, 1);
      for (int i = 0; i < 5; i++) {
        gateway
            .faults()
            .failNext(Operation.CHANGE_INVISIBLE, GatewayException.unavailable("away", null));
      }
      gateway.loops().advance(Duration.ofMinutes(3));
      assertThat(sink.deliveries()).hasSize(1);
      ackAll(gateway, consumer, sink.take());
    }
  }

  @Test
  void holdEndsAtItsMaximumThenTheMessageComesAgainAndItsCreditReturns() {
    try (var gateway = ManualGateway.with(buffer(1))) {
      gateway.backend().makeTopic(ManualGateway.ADDRESS, TOPIC);
      var consumer = gateway.consumer(gateway.connection(), spec("*"));
      var sink = gateway.open(consumer);
      publish(gateway, 0, 1);
      gateway.loops().advance(Duration.ofMinutes(14).plusSeconds(50));
      var first = sink.take();
      assertThat(first).hasSize(1);
      gateway.loops().advance(Duration.ofSeconds(20));
      var second = sink.take();
      assertThat(second).hasSize(1);
      assertThat(second.getFirst().delivery().attempt()).isEqualTo(2);
      assertThat(gateway.count(Counter.HOLDS_EXPIRED)).isOne();
      assertThat(gateway.ack(consumer.lease(), first.getFirst().handle()).failure())
          .hasMessageContaining("expired handle");
      ackAll(gateway, consumer, second);
    }
  }

  @Test
  void holdOfAConsumersOwnEndsInItsTimeThoughTheNextRenewalIsLater() {
    try (var gateway = StreamFixture.gateway()) {
      gateway.backend().makeTopic(ManualGateway.ADDRESS, TOPIC);
      var consumer =
          gateway.consumer(gateway.connection(), StreamFixture.spec("*", Duration.ofSeconds(2)));
      var sink = gateway.open(consumer);
      publish(gateway, 0, 1);
      gateway.loops().advance(Duration.ofMillis(1900));
      assertThat(sink.take()).hasSize(1);
      assertThat(gateway.count(Counter.HOLDS_EXPIRED)).isZero();

      gateway.loops().advance(Duration.ofMillis(300));

      assertThat(gateway.count(Counter.HOLDS_EXPIRED)).isOne();
      gateway.loops().advance(Duration.ofSeconds(1));
      ackAll(gateway, consumer, sink.take());
    }
  }
}
