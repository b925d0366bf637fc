package dev.sluice.eventbus.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.eventbus.Backoff;
import dev.sluice.eventbus.EventBus;
import dev.sluice.eventbus.FailurePolicy;
import dev.sluice.eventbus.InboundMessage;
import dev.sluice.eventbus.OutboundMessage;
import dev.sluice.eventbus.SubscribeOptions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A live member of a group, whose handler fails until it is mended. */
final class Shop implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(40);

  private final EventBus bus;
  private final String topic;
  private final List<InboundMessage> handled = new CopyOnWriteArrayList<>();
  private volatile boolean broken = true;

  /** Starts to consume; the bus is closed with the shop. */
  Shop(EventBus bus) {
    this.bus = bus;
    this.topic = bus.options().topics().getFirst();
    bus.start();
    var _ =
        bus.subscribe(
            topic,
            SubscribeOptions.of(FailurePolicy.deadLetter(2, Backoff.fixed(Duration.ofMillis(1)))),
            message -> {
              if (broken) {
                throw new IllegalStateException("the till is stuck");
              }
              handled.add(message);
            });
  }

  /** Publishes them, one after the other, and waits until they are dead letters. */
  void fail(OutboundMessage... messages) {
    for (OutboundMessage message : messages) {
      assertThat(bus.publish(topic, message)).succeedsWithin(PATIENCE);
    }
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(bus.inspect().subscriptions().getFirst().deadLettered())
                    .as(() -> bus.inspect().toString())
                    .isGreaterThanOrEqualTo(messages.length));
  }

  void mend() {
    broken = false;
  }

  String topic() {
    return topic;
  }

  String group() {
    return bus.options().group();
  }

  List<InboundMessage> awaitHandled(int count) {
    await().atMost(PATIENCE).until(() -> handled.size() >= count);
    return List.copyOf(handled);
  }

  /** How often partitions were taken from it or given to it. */
  long rebalances() {
    return bus.inspect().rebalances();
  }

  @Override
  public void close() {
    var _ = bus.close(Duration.ofSeconds(20));
  }
}
