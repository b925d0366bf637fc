package dev.sluice.eventbus.rocketmq;

import dev.sluice.engines.TopicNames;
import dev.sluice.eventbus.BusOptions;
import dev.sluice.eventbus.InboundMessage;
import dev.sluice.eventbus.OutboundMessage;
import dev.sluice.eventbus.Published;
import dev.sluice.eventbus.RocketMQOptions;
import dev.sluice.eventbus.transport.Transport;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/** Members of a group of the test's own, closed with it. */
final class TransportFixture implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(90);
  static final Duration CLOSE_TIME = Duration.ofSeconds(20);

  /** Nobody would know what became of a send that a busy broker answers later than that. */
  static final Duration SEND_TIME = Duration.ofSeconds(60);

  final String group = TopicNames.unique("group").replace('%', '_');
  final Ledger ledger;
  private final String nameServers;
  private final List<Transport> open = new ArrayList<>();

  TransportFixture(String nameServers, Ledger ledger) {
    this.nameServers = nameServers;
    this.ledger = ledger;
  }

  static ConditionFactory await() {
    return Awaitility.await().atMost(PATIENCE);
  }

  /**
   * All messages of a topic, once it shows so many, which may be a little after it has stored them.
   */
  static List<InboundMessage> read(Transport transport, String topic, int count) {
    return await()
        .until(
            () ->
                transport.browse(topic, null, 1000).toCompletableFuture().get(30, TimeUnit.SECONDS),
            all -> all.size() >= count);
  }

  /** A topic that is made by whoever declares it, of four queues. */
  static String newTopic() {
    return TopicNames.unique("events");
  }

  RocketMQOptions options(String... topics) {
    return RocketMQOptions.of(BusOptions.of(group, topics), nameServers)
        .times(Duration.ofSeconds(5), Duration.ofMillis(200), SEND_TIME)
        .newTopicQueues(4);
  }

  /** A member that has started. */
  Transport member(String... topics) {
    return member(options(topics));
  }

  Transport member(RocketMQOptions options) {
    Transport transport = new RocketMQTransport(options, ledger);
    open.add(transport);
    transport.start();
    return transport;
  }

  /** Waits until this member has all of a topic's queues. */
  static void awaitQueues(Transport transport, String topic, int queues) {
    await()
        .until(
            () ->
                transport.partitions().stream().filter(each -> each.topic().equals(topic)).count()
                    == queues);
  }

  static CompletableFuture<Published> publish(
      Transport transport, String topic, String key, String body) {
    return transport.publish(
        topic,
        OutboundMessage.of(key, body.getBytes(StandardCharsets.UTF_8)),
        Deadline.after(PATIENCE.multipliedBy(2)));
  }

  /** Publishes {@code key-0}, {@code key-1} and so on, without waiting in between. */
  static List<CompletableFuture<Published>> publishAll(
      Transport transport, String topic, int keys, int from, int to) {
    List<CompletableFuture<Published>> all = new ArrayList<>();
    for (int number = from; number < to; number++) {
      for (int key = 0; key < keys; key++) {
        all.add(publish(transport, topic, "key-" + key, Integer.toString(number)));
      }
    }
    return all;
  }

  static CloseReport close(Transport transport) {
    return transport.close(Deadline.after(CLOSE_TIME));
  }

  @Override
  public void close() {
    open.forEach(TransportFixture::close);
  }
}
