package dev.sluice.gateway.core;

import static dev.sluice.gateway.core.StreamFixture.GROUP;
import static dev.sluice.gateway.core.StreamFixture.TOPIC;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.core.testing.ManualGateway;
import dev.sluice.gateway.deliveries.ReceiveTerms;
import dev.sluice.gateway.deliveries.SealedDelivery;
import dev.sluice.gateway.spi.Filter;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.ReceiveRequest;
import dev.sluice.gateway.spi.Subscription;
import dev.sluice.gateway.spi.testing.MemoryFaults.Operation;
import dev.sluice.gateway.spi.testing.Messages;
import dev.sluice.gateway.spi.testing.Outcome;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.gateway.upstreams.GatewaySettings;
import dev.sluice.gateway.upstreams.GatewaySettings.ReceiveSettings;
import dev.sluice.gateway.upstreams.ResourceScope;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What becomes of messages that a group does not acknowledge, however often they come. */
class DeadLettersTest {

  private static final String DEAD = "%DLQ%" + GROUP;

  /** So many deliveries, each held for a second. */
  private static GatewaySettings attempts(int max) {
    var d = ReceiveSettings.DEFAULTS;
    return GatewaySettings.DEFAULTS.with(
        new ReceiveSettings(
            d.bufferMessages(),
            d.bufferBytes(),
            d.concurrentPolls(),
            d.pollBatch(),
            d.pollWait(),
            d.backOff(),
            Duration.ofSeconds(5),
            Duration.ofSeconds(1),
            max));
  }

  @Test
  void streamGetsAMessageSoManyTimesAndThenItIsADeadLetter() {
    try (var gateway = ManualGateway.with(attempts(3))) {
      var sink = gateway.open(gateway.consumer(gateway.connection(), StreamFixture.spec("*")));
      StreamFixture.publish(gateway, 0, 1);

      gateway.loops().advance(Duration.ofSeconds(30));

      assertThat(sink.takeTexts()).containsExactly("m0", "m0", "m0");
      assertThat(dead(gateway)).containsExactly("m0");
      assertThat(StreamFixture.unacknowledged(gateway)).isZero();
      assertThat(gateway.count(Counter.ATTEMPTS_EXCEEDED)).isOne();
      assertThat(gateway.count(Counter.DEAD_LETTERS)).isOne();
      assertThat(gateway.count(Counter.DEAD_LETTER_FAILURES)).isZero();
    }
  }

  @Test
  void whatIsNotMovedComesAgainUntilItIs() {
    try (var gateway = ManualGateway.with(attempts(1))) {
      var sink = gateway.open(gateway.consumer(gateway.connection(), StreamFixture.spec("*")));
      StreamFixture.publish(gateway, 0, 1);
      for (int i = 0; i < 3; i++) {
        gateway.faults().failNext(Operation.DEAD_LETTER, GatewayException.unavailable("no", null));
      }

      gateway.loops().advance(Duration.ofSeconds(60));

      assertThat(sink.takeTexts()).as("handed out no more than that").containsExactly("m0");
      assertThat(dead(gateway)).containsExactly("m0");
      assertThat(gateway.count(Counter.DEAD_LETTER_FAILURES)).isEqualTo(3);
      assertThat(gateway.count(Counter.DEAD_LETTERS)).isOne();
      assertThat(StreamFixture.unacknowledged(gateway)).isZero();
    }
  }

  @Test
  void othersOfTheSameReceiveAreHandedOut() {
    try (var gateway = ManualGateway.with(attempts(1))) {
      StreamFixture.publish(gateway, 0, 2);
      var consumer = gateway.consumer(gateway.connection(), StreamFixture.spec("*"));
      var sink = gateway.open(consumer);
      gateway.loops().advance(Duration.ofMillis(100));
      List<SealedDelivery> first = sink.take();
      gateway.ack(consumer.lease(), first.getLast().handle()).succeeded();
      gateway.loops().advance(Duration.ofSeconds(1));
      gateway.faults().hold(Operation.RECEIVE);
      gateway.loops().advance(Duration.ofSeconds(10));
      StreamFixture.publish(gateway, 2, 3);
      gateway.run(() -> gateway.faults().release(Operation.RECEIVE));
      gateway.loops().advance(Duration.ofMillis(500));

      assertThat(sink.takeTexts()).containsExactly("m2");
      assertThat(dead(gateway)).hasSize(1);
      gateway.loops().advance(Duration.ofSeconds(20));
    }
  }

  @Test
  void orderedQueueGoesOnBehindADeadLetter() {
    try (var gateway = ManualGateway.with(attempts(2))) {
      var lease = gateway.producer(TOPIC).lease();
      var consumer =
          gateway.consumer(
              gateway.connection(), ManualGateway.consumerSpec(TOPIC, GROUP, "*", true));
      var sink = gateway.open(consumer);
      gateway.send(lease, Messages.keyed(TOPIC, "poison", "k")).value();
      gateway.loops().advance(Duration.ofSeconds(20));
      gateway.send(lease, Messages.keyed(TOPIC, "next", "k")).value();
      gateway.loops().advance(Duration.ofMillis(100));

      assertThat(sink.takeTexts()).containsExactly("poison", "poison", "next");
      assertThat(dead(gateway)).containsExactly("poison");
    }
  }

  @Test
  void singleReceiveLeavesItOutToo() {
    try (var gateway = ManualGateway.with(attempts(2))) {
      StreamFixture.publish(gateway, 0, 1);
      assertThat(receive(gateway)).containsExactly("m0");
      gateway.loops().advance(Duration.ofSeconds(6));
      assertThat(receive(gateway)).containsExactly("m0");
      gateway.loops().advance(Duration.ofSeconds(6));

      assertThat(receive(gateway)).isEmpty();

      assertThat(dead(gateway)).containsExactly("m0");
      assertThat(gateway.count(Counter.DEAD_LETTERS)).isOne();
    }
  }

  @Test
  void whatNobodyWasGivenIsNoDeadLetter() {
    try (var gateway = ManualGateway.with(attempts(4))) {
      StreamFixture.publish(gateway, 0, 1);
      for (int i = 0; i < 5; i++) {
        assertThat(receive(gateway, new ReceiveTerms.Holding(new Gone(), Duration.ofMinutes(1))))
            .isEmpty();
        gateway.loops().advance(Duration.ofSeconds(6));
      }

      for (int i = 0; i < 3; i++) {
        assertThat(receive(gateway)).as("attempt %d", i + 6).containsExactly("m0");
        gateway.loops().advance(Duration.ofSeconds(6));
      }
      assertThat(dead(gateway)).isEmpty();

      assertThat(receive(gateway)).isEmpty();
      assertThat(dead(gateway)).containsExactly("m0");
    }
  }

  @Test
  void closingGatewayWaitsForMovesUnderWay() {
    try (var gateway = ManualGateway.with(attempts(1))) {
      gateway.open(gateway.consumer(gateway.connection(), StreamFixture.spec("*")));
      StreamFixture.publish(gateway, 0, 1);
      gateway.faults().hold(Operation.DEAD_LETTER);
      gateway.loops().advance(Duration.ofSeconds(3));
      assertThat(gateway.faults().holding(Operation.DEAD_LETTER)).isOne();
      gateway
          .loops()
          .all()
          .getFirst()
          .schedule(() -> gateway.faults().release(Operation.DEAD_LETTER), Duration.ofMillis(500));

      gateway.closeGateway();

      assertThat(dead(gateway)).containsExactly("m0");
    }
  }

  @Test
  void tooManyMovesAtOnceArePutOff() {
    try (var gateway = ManualGateway.with(attempts(1))) {
      gateway.open(gateway.consumer(gateway.connection(), StreamFixture.spec("*")));
      gateway.faults().hold(Operation.DEAD_LETTER);
      for (int i = 0; i < 12; i++) {
        StreamFixture.publish(gateway, 100 * i, 100 * i + 100);
        gateway.loops().advance(Duration.ofSeconds(10));
      }

      assertThat(gateway.faults().holding(Operation.DEAD_LETTER)).isEqualTo(1_000);
      assertThat(gateway.count(Counter.DEAD_LETTER_FAILURES)).isPositive();
      gateway.run(() -> gateway.faults().release(Operation.DEAD_LETTER));
      gateway.loops().advance(Duration.ofSeconds(30));
      assertThat(dead(gateway).stream().distinct()).hasSize(1_200);
    }
  }

  /** A client that was there when it asked. */
  private static final class Gone implements ResourceScope {
    @Override
    public boolean isOpen() {
      return false;
    }

    @Override
    public void adopt(AutoCloseable resource) {
      throw new AssertionError("nothing is given to it");
    }

    @Override
    public void forget(AutoCloseable resource) {}
  }

  private static List<String> receive(ManualGateway gateway) {
    return receive(gateway, null);
  }

  private static List<String> receive(
      ManualGateway gateway, ReceiveTerms.@Nullable Holding holding) {
    var outcome = new Outcome<List<SealedDelivery>>();
    var lease = gateway.producer(TOPIC).lease();
    var request =
        new ReceiveRequest(
            TOPIC,
            GROUP,
            Filter.ALL,
            null,
            false,
            null,
            10,
            Duration.ofSeconds(1),
            Duration.ofSeconds(5));
    int attempts = gateway.gateway().settings().receive().maxAttempts();
    var terms = new ReceiveTerms(new Subscription.Start.Earliest(), attempts, holding);
    gateway.run(() -> gateway.gateway().receives().receiveOnce(lease, request, terms, outcome));
    gateway.loops().advance(Duration.ofMillis(1_500));
    return outcome.value().stream().map(delivery -> Messages.text(delivery.delivery())).toList();
  }

  private static List<String> dead(ManualGateway gateway) {
    return gateway.backend().stored(ManualGateway.ADDRESS, DEAD).stream()
        .flatMap(List::stream)
        .map(Messages::text)
        .toList();
  }
}
