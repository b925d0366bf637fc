package dev.sluice.eventbus.rocketmq;

import dev.sluice.eventbus.Backoff;
import dev.sluice.eventbus.FailurePolicy;
import dev.sluice.eventbus.InboundMessage;
import dev.sluice.eventbus.dispatch.DispatchOptions;
import dev.sluice.eventbus.dispatch.ItemHandler;
import dev.sluice.eventbus.dispatch.KeyedDispatcher;
import dev.sluice.eventbus.transport.Intake;
import dev.sluice.eventbus.transport.Transport;
import dev.sluice.lifecycle.Ledger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** A topic's messages handled one at a time for each key, and what was handled. */
final class Consumption implements AutoCloseable {
  private final Transport transport;
  private final String topic;
  private final KeyedDispatcher<InboundMessage> dispatcher;
  private final List<InboundMessage> handled = new ArrayList<>();

  /** Flows that were opened, by name. */
  final Map<String, Integer> opened = new ConcurrentHashMap<>();

  private Consumption(
      Transport transport,
      String topic,
      int maxMessages,
      ItemHandler<InboundMessage> handler,
      Ledger ledger) {
    this.transport = transport;
    this.topic = topic;
    DispatchOptions options =
        new DispatchOptions(
            topic,
            Math.min(16, maxMessages),
            maxMessages,
            1 << 20,
            Duration.ofSeconds(60),
            FailurePolicy.retry(Backoff.fixed(Duration.ofMillis(10))));
    this.dispatcher =
        KeyedDispatcher.create(
            options,
            (item, attempt) -> {
              handler.handle(item, attempt);
              note(item.message());
            },
            (item, attempts, last) -> new CompletableFuture<>(),
            ledger);
  }

  /** Attached. */
  static Consumption of(
      Transport transport,
      String topic,
      int maxMessages,
      ItemHandler<InboundMessage> handler,
      Ledger ledger) {
    Consumption made = new Consumption(transport, topic, maxMessages, handler, ledger);
    transport.attach(topic, made.intake());
    return made;
  }

  static Consumption of(Transport transport, String topic, Ledger ledger) {
    return of(transport, topic, 1000, (item, attempt) -> {}, ledger);
  }

  private Intake intake() {
    return (partition, owner) -> {
      opened.merge(partition, 1, Integer::sum);
      return dispatcher.open(partition, owner);
    };
  }

  private synchronized void note(InboundMessage message) {
    handled.add(message);
  }

  synchronized List<InboundMessage> handled() {
    return List.copyOf(handled);
  }

  synchronized int count() {
    return handled.size();
  }

  /** The bodies of a key's messages, in the order in which they were handled. */
  List<String> bodies(String key) {
    return handled().stream()
        .filter(message -> key.equals(message.key()))
        .map(Consumption::body)
        .toList();
  }

  Set<String> bodies() {
    return Set.copyOf(handled().stream().map(Consumption::body).toList());
  }

  static String body(InboundMessage message) {
    return new String(message.body(), StandardCharsets.UTF_8);
  }

  /** Stops fetching, drains, and holds the topic again. */
  @Override
  public void close() {
    transport.quiesce(topic);
    dispatcher.close();
    transport.detach(topic).toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join();
  }
}
