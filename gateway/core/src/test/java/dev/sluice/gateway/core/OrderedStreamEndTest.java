package dev.sluice.gateway.core;

import static dev.sluice.gateway.core.OrderedStreamFixture.MOMENT;
import static dev.sluice.gateway.core.OrderedStreamFixture.ack;
import static dev.sluice.gateway.core.OrderedStreamFixture.consumer;
import static dev.sluice.gateway.core.OrderedStreamFixture.newest;
import static dev.sluice.gateway.core.OrderedStreamFixture.oneQueue;
import static dev.sluice.gateway.core.OrderedStreamFixture.openWith;
import static dev.sluice.gateway.core.StreamFixture.gateway;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.testing.MemoryFaults.Operation;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.gateway.upstreams.GatewaySettings;
import dev.sluice.gateway.upstreams.ResourceKinds;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What becomes of what an ordered stream held when it ends. */
class OrderedStreamEndTest {

  @Test
  void whatAnEndedStreamHeldGoesToAnotherWithoutTheMessageSystem() {
    try (var gateway = oneQueue(GatewaySettings.DEFAULTS)) {
      var leaving = consumer(gateway, null);
      var staying = consumer(gateway, null);
      var first = openWith(gateway, leaving, "x0", "x1", "y0");
      assertThat(first.takeTexts()).containsExactly("x0", "y0");
      var second = gateway.open(staying);
      String handle = newest(first, "x0").handle();

      first.stream().close();
      gateway.loops().advance(MOMENT);

      assertThat(second.takeTexts()).containsExactly("x0", "y0");
      assertThat(second.deliveries()).allMatch(one -> one.delivery().attempt() == 2);
      assertThat(gateway.ack(staying.lease(), handle).failure())
          .hasMessageContaining("expired handle");
      ack(gateway, staying, second, "x0");
      assertThat(second.takeTexts()).containsExactly("x1");
      assertThat(newest(second, "x1").delivery().attempt()).isOne();
      assertThat(gateway.count(Counter.HANDED_BACK)).isZero();
    }
  }

  @Test
  void acknowledgementUnderWayWhenItsStreamEndsIsAwaited() {
    try (var gateway = oneQueue(GatewaySettings.DEFAULTS)) {
      var leaving = consumer(gateway, null);
      var first = openWith(gateway, leaving, "x0", "x1", "y0", "y1");
      var second = gateway.open(consumer(gateway, null));
      gateway.faults().hold(Operation.ACK);
      var taken = gateway.ack(leaving.lease(), newest(first, "x0").handle());
      var lost = gateway.ack(leaving.lease(), newest(first, "y0").handle());
      first.stream().close();
      gateway.loops().runReady();
      assertThat(second.take()).isEmpty();

      gateway.run(() -> gateway.faults().releaseOne(Operation.ACK));
      taken.succeeded();
      gateway.faults().failNext(Operation.ACK, GatewayException.unavailable("away", null));
      gateway.run(() -> gateway.faults().release(Operation.ACK));
      gateway.loops().advance(MOMENT);

      assertThat(lost.failure()).hasMessageContaining("away");
      assertThat(second.takeTexts()).containsExactlyInAnyOrder("x1", "y0");
    }
  }

  @Test
  void theLastStreamHandsBackAllOfItsQueueAndTheNextBeginsWithTheFirst() {
    try (var gateway = oneQueue(GatewaySettings.DEFAULTS)) {
      var consumer = consumer(gateway, null);
      var first = openWith(gateway, consumer, "x0", "x1", "y0", "y1");
      assertThat(first.take()).hasSize(2);

      first.stream().close();
      // The receive that was waiting ends first.
      gateway.loops().advance(Duration.ofSeconds(2));

      assertThat(gateway.count(Counter.HANDED_BACK)).isEqualTo(4);
      assertThat(gateway.ledger().open(ResourceKinds.HELD_DELIVERY)).isZero();
      var next = consumer(gateway, null);
      var second = gateway.open(next);
      gateway.loops().advance(MOMENT);
      assertThat(second.takeTexts()).containsExactly("x0", "y0");
      ack(gateway, next, second, "x0");
      assertThat(second.takeTexts()).containsExactly("x1");
    }
  }

  @Test
  void aStreamThatComesBackAtOnceFindsWhatItHeld() {
    try (var gateway = oneQueue(GatewaySettings.DEFAULTS)) {
      var first = openWith(gateway, consumer(gateway, null), "x0", "x1");
      first.stream().close();
      gateway.loops().advance(MOMENT);

      var second = gateway.open(consumer(gateway, null));
      gateway.loops().advance(MOMENT);

      assertThat(second.takeTexts()).containsExactly("x0");
      assertThat(gateway.count(Counter.HANDED_BACK)).isZero();
    }
  }
}
