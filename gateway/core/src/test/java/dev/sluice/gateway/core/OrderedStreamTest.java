package dev.sluice.gateway.core;

import static dev.sluice.gateway.core.OrderedStreamFixture.MOMENT;
import static dev.sluice.gateway.core.OrderedStreamFixture.ack;
import static dev.sluice.gateway.core.OrderedStreamFixture.consumer;
import static dev.sluice.gateway.core.OrderedStreamFixture.newest;
import static dev.sluice.gateway.core.OrderedStreamFixture.oneQueue;
import static dev.sluice.gateway.core.OrderedStreamFixture.openWith;
import static dev.sluice.gateway.core.OrderedStreamFixture.retry;
import static dev.sluice.gateway.core.OrderedStreamFixture.send;
import static dev.sluice.gateway.core.OrderedStreamFixture.with;
import static dev.sluice.gateway.core.StreamFixture.GROUP;
import static dev.sluice.gateway.core.StreamFixture.TOPIC;
import static dev.sluice.gateway.core.StreamFixture.gateway;
import static dev.sluice.gateway.core.StreamFixture.spec;
import static dev.sluice.gateway.core.StreamFixture.unacknowledged;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.core.testing.ManualGateway;
import dev.sluice.gateway.deliveries.SealedDelivery;
import dev.sluice.gateway.spi.Credentials;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.Filter;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.Subscription;
import dev.sluice.gateway.spi.testing.MemoryFaults.Operation;
import dev.sluice.gateway.spi.testing.MemoryOptions;
import dev.sluice.gateway.spi.testing.Messages;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.gateway.upstreams.GatewaySettings;
import dev.sluice.gateway.upstreams.GatewaySettings.ReceiveSettings;
import dev.sluice.gateway.upstreams.ResourceKinds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class OrderedStreamTest {

  @Test
  void orderedStreamGetsOneQueueInOrderAlsoAfterAFailure() {
    var options = MemoryOptions.DEFAULTS.withQueues(2);
    try (var gateway = ManualGateway.with(1, GatewaySettings.DEFAULTS, options)) {
      gateway.backend().makeTopic(ManualGateway.ADDRESS, TOPIC);
      var lease = gateway.producer(TOPIC).lease();
      gateway.send(lease, Messages.keyed(TOPIC, "x:0", "x")).value();
      var spec =
          new ConsumerSpec(
              "",
              "",
              Credentials.NONE,
              TOPIC,
              GROUP,
              Filter.ALL,
              new Subscription.Start.Earliest(),
              true,
              null);
      var connection = gateway.gateway().openConnection("leaver");
      var one = gateway.consumer(connection, spec);
      var two = gateway.consumer(gateway.connection(), spec);
      var sinks = List.of(gateway.open(one), gateway.open(two));
      for (int i = 1; i < 30; i++) {
        gateway.send(lease, Messages.keyed(TOPIC, "x:" + i, "x")).value();
        gateway.send(lease, Messages.keyed(TOPIC, "y:" + i, "y")).value();
      }
      gateway.loops().advance(Duration.ofMillis(500));
      connection.close();
      gateway.loops().advance(Duration.ofSeconds(1));

      var seen = new ArrayList<String>();
      for (int round = 0; round < 200; round++) {
        for (SealedDelivery delivery : sinks.get(1).take()) {
          gateway.ack(two.lease(), delivery.handle()).succeeded();
          seen.add(Messages.text(delivery.delivery()));
        }
        gateway.loops().advance(Duration.ofMillis(100));
      }
      for (String key : List.of("x:", "y:")) {
        var numbers =
            seen.stream()
                .filter(text -> text.startsWith(key))
                .map(text -> Integer.parseInt(text.substring(2)))
                .toList();
        assertThat(numbers).isSorted();
      }
      assertThat(new HashSet<>(seen)).hasSize(59);
      assertThat(unacknowledged(gateway)).isZero();
    }
  }

  @Test
  void aMessageComesWhenTheOneBeforeItWithItsKeyIsAcknowledged() {
    try (var gateway = oneQueue(GatewaySettings.DEFAULTS)) {
      var consumer = consumer(gateway, null);
      var sink = openWith(gateway, consumer, "x0", "x1", "x2", "y0", "y1");
      assertThat(sink.takeTexts()).containsExactly("x0", "y0");
      gateway.loops().advance(Duration.ofMinutes(3));
      assertThat(sink.take()).isEmpty();

      ack(gateway, consumer, sink, "y0");
      assertThat(sink.takeTexts()).containsExactly("y1");
      ack(gateway, consumer, sink, "x0");
      assertThat(sink.takeTexts()).containsExactly("x1");
      ack(gateway, consumer, sink, "x1");
      assertThat(sink.takeTexts()).containsExactly("x2");
      assertThat(gateway.count(Counter.REDELIVERIES)).isZero();
    }
  }

  @Test
  void whatIsRetriedComesAgainBeforeTheNextOfItsKey() {
    try (var gateway = oneQueue(GatewaySettings.DEFAULTS)) {
      var consumer = consumer(gateway, null);
      var sink = openWith(gateway, consumer, "x0", "x1", "y0");
      String handle = newest(sink, "x0").handle();

      retry(gateway, consumer, handle, Duration.ofMinutes(3)).value();
      ack(gateway, consumer, sink, "y0");
      gateway.loops().advance(Duration.ofMinutes(3).minusSeconds(1));
      assertThat(sink.takeTexts()).containsExactly("x0", "y0");
      gateway.loops().advance(Duration.ofSeconds(2));

      assertThat(sink.takeTexts()).containsExactly("x0");
      assertThat(newest(sink, "x0").delivery().attempt()).isEqualTo(2);
      assertThat(gateway.ack(consumer.lease(), handle).failure())
          .hasMessageContaining("expired handle");
      assertThat(retry(gateway, consumer, handle, Duration.ZERO).failure())
          .hasMessageContaining("expired handle");
      ack(gateway, consumer, sink, "x0");
      assertThat(sink.takeTexts()).containsExactly("x1");
      assertThat(gateway.count(Counter.HANDED_BACK)).isZero();
      assertThat(gateway.count(Counter.REDELIVERIES)).isOne();
    }
  }

  @Test
  void whatIsHeldTooLongComesAgainBeforeTheNextOfItsKey() {
    try (var gateway = oneQueue(GatewaySettings.DEFAULTS)) {
      var consumer = consumer(gateway, Duration.ofSeconds(5));
      var sink = openWith(gateway, consumer, "x0", "x1");

      gateway.loops().advance(Duration.ofSeconds(12));

      assertThat(sink.takeTexts()).containsExactly("x0", "x0", "x0");
      assertThat(gateway.count(Counter.HOLDS_EXPIRED)).isEqualTo(2);
      ack(gateway, consumer, sink, "x0");
      assertThat(sink.takeTexts()).containsExactly("x1");
    }
  }

  @Test
  void aKeyGoesOnWhenItsMessageIsADeadLetterAndNotBefore() {
    try (var gateway = oneQueue(attempts(3))) {
      var consumer = consumer(gateway, null);
      var sink = openWith(gateway, consumer, "x0", "x1", "y0");
      for (int i = 0; i < 5; i++) {
        gateway.faults().failNext(Operation.DEAD_LETTER, GatewayException.unavailable("no", null));
      }
      for (int i = 0; i < 3; i++) {
        retry(gateway, consumer, newest(sink, "x0").handle(), Duration.ZERO).value();
        gateway.loops().advance(MOMENT);
      }

      assertThat(sink.takeTexts()).containsExactly("x0", "y0", "x0", "x0");
      gateway.loops().advance(Duration.ofMillis(4500));
      assertThat(sink.take()).as("while it cannot be moved").isEmpty();
      gateway.loops().advance(Duration.ofMillis(1500));
      assertThat(sink.takeTexts()).containsExactly("x1");
      assertThat(gateway.count(Counter.DEAD_LETTER_FAILURES)).isEqualTo(5);
      assertThat(gateway.count(Counter.DEAD_LETTERS)).isOne();
      ack(gateway, consumer, sink, "x1");
      ack(gateway, consumer, sink, "y0");
      assertThat(unacknowledged(gateway)).isZero();
    }
  }

  private static GatewaySettings attempts(int most) {
    var d = ReceiveSettings.DEFAULTS;
    return GatewaySettings.DEFAULTS.with(
        new ReceiveSettings(
            d.bufferMessages(),
            d.bufferBytes(),
            d.concurrentPolls(),
            d.pollBatch(),
            d.pollWait(),
            d.backOff(),
            d.invisible(),
            d.maxHold(),
            most));
  }

  @Test
  void aStreamThatHoldsWhatItHasKeepsNothingElseFromOthers() {
    try (var gateway = with(4, StreamFixture.buffer(1))) {
      openWith(gateway, consumer(gateway, null), "a0", "a1", "a2");
      var working = consumer(gateway, null);
      var sink = gateway.open(working);
      var got = new ArrayList<String>();
      for (int i = 0; i < 10; i++) {
        send(gateway, "a" + (3 + i), "b" + i, "c" + i, "d" + i);
        for (int round = 0; round < 20; round++) {
          for (SealedDelivery one : sink.take()) {
            got.add(Messages.text(one.delivery()));
            gateway.ack(working.lease(), one.handle()).succeeded();
          }
          gateway.loops().advance(MOMENT);
        }
      }

      assertThat(got).noneMatch(text -> text.startsWith("a"));
      assertThat(got).contains("b9", "c9", "d9").hasSize(30);
    }
  }

  @Test
  void whatIsLostWhileTheMessageSystemIsAwayIsNotPassedByWhatWaits() {
    try (var gateway = oneQueue(GatewaySettings.DEFAULTS)) {
      var consumer = consumer(gateway, null);
      var sink = openWith(gateway, consumer, "x0", "x1", "x2");
      var away = GatewayException.unavailable("away", null);
      for (int i = 0; i < 100; i++) {
        gateway.faults().failNext(Operation.CHANGE_INVISIBLE, away);
      }
      for (int i = 0; i < 130; i++) {
        gateway.faults().failNext(Operation.RECEIVE, away);
      }
      gateway.loops().advance(Duration.ofMinutes(2));
      assertThat(sink.takeTexts()).containsExactly("x0");
      assertThat(gateway.ledger().open(ResourceKinds.HELD_DELIVERY)).isZero();

      gateway.loops().advance(Duration.ofMinutes(10));

      assertThat(sink.takeTexts()).containsExactly("x0");
      ack(gateway, consumer, sink, "x0");
      assertThat(sink.takeTexts()).containsExactly("x1");
      ack(gateway, consumer, sink, "x1");
      assertThat(sink.takeTexts()).containsExactly("x2");
    }
  }

  @Test
  void orderedAndUnorderedStreamsOfOneGroupAreRefusedWithBothNamed() {
    try (var gateway = gateway()) {
      gateway.backend().makeTopic(ManualGateway.ADDRESS, TOPIC);
      gateway.send(gateway.producer(TOPIC).lease(), Messages.plain(TOPIC, "m"));
      gateway.open(gateway.consumer(TOPIC, GROUP));
      var ordered =
          gateway.consumer(
              gateway.connection(), ManualGateway.consumerSpec(TOPIC, GROUP, "*", true));
      var sink = gateway.open(ordered);
      assertThat(sink.failure().category()).isEqualTo(ErrorCategory.FAILED_PRECONDITION);
      assertThat(sink.failure()).hasMessageContaining("true").hasMessageContaining("false");
    }
  }
}
