package dev.sluice.eventbus.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.eventbus.Backoff;
import dev.sluice.eventbus.BusOptions;
import dev.sluice.eventbus.FailurePolicy;
import dev.sluice.eventbus.InboundMessage;
import dev.sluice.eventbus.KafkaOptions;
import dev.sluice.eventbus.OutboundMessage;
import dev.sluice.eventbus.Published;
import dev.sluice.eventbus.dispatch.DispatchOptions;
import dev.sluice.eventbus.dispatch.ItemHandler;
import dev.sluice.eventbus.dispatch.KeyedDispatcher;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** A transport with dispatchers above it, as a bus has them. */
final class Member implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofMinutes(3); // for machines that are busy

  private final KafkaTransport transport;
  private final Ledger ledger;
  private final Map<String, KeyedDispatcher<InboundMessage>> dispatchers =
      new ConcurrentHashMap<>();

  private Member(KafkaOptions options, Ledger ledger) {
    this.ledger = ledger;
    this.transport = KafkaTransport.create(options, ledger);
  }

  static Member start(KafkaOptions options, Ledger ledger) {
    var member = new Member(options, ledger);
    member.transport.start();
    return member;
  }

  /** Short intervals, so that tests need not wait. */
  static KafkaOptions options(String group, String... topics) {
    return optionsAt(Broker.engine().bootstrapServers(), group, topics);
  }

  static KafkaOptions optionsAt(String bootstrapServers, String group, String... topics) {
    return KafkaOptions.of(BusOptions.of(group, topics), bootstrapServers)
        .commitInterval(Duration.ofMillis(50))
        .property("heartbeat.interval.ms", "200");
  }

  KafkaTransport transport() {
    return transport;
  }

  /** Consumes a topic: 64 handlers, each message tried until it is handled. */
  KeyedDispatcher<InboundMessage> consume(String topic, ItemHandler<InboundMessage> handler) {
    return consume(topic, handler, FailurePolicy.retry(Backoff.fixed(Duration.ofMillis(20))), 1000);
  }

  KeyedDispatcher<InboundMessage> consume(
      String topic, ItemHandler<InboundMessage> handler, FailurePolicy policy, int most) {
    KeyedDispatcher<InboundMessage> dispatcher =
        KeyedDispatcher.create(
            new DispatchOptions(topic, 64, most, 16L << 20, Duration.ofMinutes(10), policy),
            handler,
            (item, attempts, last) -> new CompletableFuture<>(),
            ledger);
    dispatchers.put(topic, dispatcher);
    transport.attach(topic, dispatcher::open);
    return dispatcher;
  }

  /** Ends consuming a topic, as a closed subscription does. */
  void detach(String topic) {
    transport.quiesce(topic);
    KeyedDispatcher<InboundMessage> dispatcher = dispatchers.remove(topic);
    if (dispatcher != null) {
      dispatcher.close(Deadline.after(Duration.ofSeconds(60)));
    }
    transport.detach(topic).toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
  }

  CompletableFuture<Published> publish(String topic, String key, String body) {
    return transport.publish(
        topic, OutboundMessage.of(key, body.getBytes(UTF_8)), Deadline.after(PATIENCE));
  }

  static String text(InboundMessage message) {
    return new String(message.body(), UTF_8);
  }

  /** Dispatchers first, then the transport. */
  List<CloseReport> close(Duration time) {
    Deadline deadline = Deadline.after(time);
    List<CloseReport> reports = new ArrayList<>();
    dispatchers.keySet().forEach(transport::quiesce);
    Deadline draining = Deadline.after(time.dividedBy(3));
    dispatchers.values().forEach(each -> reports.add(each.close(draining)));
    // One that blocks would not wait for a timer that is late.
    reports.add(
        transport
            .closeAsync(deadline)
            .toCompletableFuture()
            .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
            .join());
    return reports;
  }

  @Override
  public void close() {
    List<CloseReport> unused = close(Duration.ofSeconds(20));
  }
}
