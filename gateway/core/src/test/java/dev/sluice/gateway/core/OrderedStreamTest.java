package dev.sluice.gateway.core;

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
import dev.sluice.gateway.spi.Subscription;
import dev.sluice.gateway.spi.testing.MemoryOptions;
import dev.sluice.gateway.spi.testing.Messages;
import dev.sluice.gateway.upstreams.GatewaySettings;
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
