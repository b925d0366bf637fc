package dev.sluice.gateway.core;

import static dev.sluice.gateway.core.StreamFixture.GROUP;
import static dev.sluice.gateway.core.StreamFixture.TOPIC;
import static dev.sluice.gateway.core.StreamFixture.gateway;

import dev.sluice.gateway.core.testing.ManualGateway;
import dev.sluice.gateway.core.testing.RecordingSink;
import dev.sluice.gateway.deliveries.SealedDelivery;
import dev.sluice.gateway.deliveries.SealedHandle;
import dev.sluice.gateway.spi.Credentials;
import dev.sluice.gateway.spi.Filter;
import dev.sluice.gateway.spi.Subscription;
import dev.sluice.gateway.spi.testing.MemoryOptions;
import dev.sluice.gateway.spi.testing.Messages;
import dev.sluice.gateway.spi.testing.Outcome;
import dev.sluice.gateway.upstreams.GatewaySettings;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Ordered streams, and keys that are the first letter of a message. */
final class OrderedStreamFixture {

  static final Duration MOMENT = Duration.ofMillis(10);

  private OrderedStreamFixture() {}

  /** One queue, so that different keys meet in it. */
  static ManualGateway oneQueue(GatewaySettings settings) {
    return with(1, settings);
  }

  static ManualGateway with(int queues, GatewaySettings settings) {
    return with(settings, MemoryOptions.DEFAULTS.withQueues(queues));
  }

  static ManualGateway with(GatewaySettings settings, MemoryOptions options) {
    var gateway = ManualGateway.with(1, settings, options);
    gateway.backend().makeTopic(ManualGateway.ADDRESS, TOPIC);
    return gateway;
  }

  /** A stream that finds these together. */
  static RecordingSink openWith(ManualGateway gateway, ConsumerSession consumer, String... texts) {
    send(gateway, texts);
    var sink = gateway.open(consumer);
    gateway.loops().advance(MOMENT);
    return sink;
  }

  static ConsumerSession consumer(ManualGateway gateway, @Nullable Duration maxHold) {
    return gateway.consumer(
        gateway.connection(),
        new ConsumerSpec(
            "",
            "",
            Credentials.NONE,
            TOPIC,
            GROUP,
            Filter.ALL,
            new Subscription.Start.Earliest(),
            true,
            maxHold));
  }

  /** Sends messages whose key is their first letter. */
  static void send(ManualGateway gateway, String... texts) {
    var lease = gateway.producer(TOPIC).lease();
    for (String text : texts) {
      gateway.send(lease, Messages.keyed(TOPIC, text, text.substring(0, 1))).value();
    }
    gateway.loops().advance(MOMENT);
  }

  /** Acknowledges the newest delivery of this text, and lets happen what that brings. */
  static void ack(ManualGateway gateway, ConsumerSession by, RecordingSink in, String text) {
    gateway.ack(by.lease(), newest(in, text).handle()).succeeded();
    gateway.loops().advance(MOMENT);
  }

  static SealedDelivery newest(RecordingSink sink, String text) {
    return sink.deliveries().reversed().stream()
        .filter(one -> Messages.text(one.delivery()).equals(text))
        .findFirst()
        .orElseThrow();
  }

  static Outcome<SealedHandle> retry(
      ManualGateway gateway, ConsumerSession consumer, String handle, Duration delay) {
    var outcome = new Outcome<SealedHandle>();
    gateway.run(
        () -> gateway.gateway().acks().changeInvisible(consumer.lease(), handle, delay, outcome));
    return outcome;
  }
}
