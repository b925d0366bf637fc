package dev.sluice.gateway.core;

import dev.sluice.gateway.core.testing.ManualGateway;
import dev.sluice.gateway.deliveries.SealedDelivery;
import dev.sluice.gateway.spi.Credentials;
import dev.sluice.gateway.spi.Filter;
import dev.sluice.gateway.spi.Subscription;
import dev.sluice.gateway.spi.testing.Messages;
import dev.sluice.gateway.upstreams.GatewaySettings;
import dev.sluice.gateway.upstreams.GatewaySettings.ReceiveSettings;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the tests of streams have in common. */
final class StreamFixture {

  static final String TOPIC = "orders";
  static final String GROUP = "billing";

  private StreamFixture() {}

  static GatewaySettings buffer(int messages) {
    var d = ReceiveSettings.DEFAULTS;
    return GatewaySettings.DEFAULTS.with(
        new ReceiveSettings(
            messages,
            d.bufferBytes(),
            d.concurrentPolls(),
            d.pollBatch(),
            d.pollWait(),
            d.backOff(),
            d.invisible(),
            d.maxHold(),
            d.maxAttempts()));
  }

  static ManualGateway gateway() {
    return ManualGateway.with(GatewaySettings.DEFAULTS);
  }

  static void publish(ManualGateway gateway, int from, int to) {
    var lease = gateway.producer(TOPIC).lease();
    for (int i = from; i < to; i++) {
      gateway.send(lease, Messages.plain(TOPIC, "m" + i)).value();
    }
  }

  static void ackAll(ManualGateway gateway, ConsumerSession consumer, List<SealedDelivery> all) {
    for (SealedDelivery delivery : all) {
      gateway.ack(consumer.lease(), delivery.handle()).succeeded();
    }
  }

  static int hidden(ManualGateway gateway) {
    return gateway.backend().hidden(ManualGateway.ADDRESS, TOPIC, GROUP);
  }

  static int unacknowledged(ManualGateway gateway) {
    return gateway.backend().unacknowledged(ManualGateway.ADDRESS, TOPIC, GROUP);
  }

  static ConsumerSpec spec(String tags) {
    return spec(tags, null);
  }

  static ConsumerSpec spec(String tags, @Nullable Duration maxHold) {
    return new ConsumerSpec(
        "",
        "",
        Credentials.NONE,
        TOPIC,
        GROUP,
        new Filter(Filter.Type.TAG, tags),
        new Subscription.Start.Earliest(),
        false,
        maxHold);
  }
}
