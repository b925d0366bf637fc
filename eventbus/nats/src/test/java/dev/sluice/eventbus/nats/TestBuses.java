package dev.sluice.eventbus.nats;

import dev.sluice.eventbus.BusOptions;
import dev.sluice.eventbus.NatsOptions;
import dev.sluice.eventbus.NatsOptions.Storage;
import dev.sluice.eventbus.OutboundMessage;
import dev.sluice.eventbus.Published;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Transports of one test, closed with it. Names are of this test alone. */
final class TestBuses implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final AtomicInteger TESTS = new AtomicInteger();
  private static final String RUN = Long.toString(System.nanoTime(), 36);

  private final Ledger ledger;
  private final String url;
  private final String unique = RUN + "-" + TESTS.incrementAndGet();
  private final List<NatsTransport> opened = new ArrayList<>();
  private int partitions = 4;
  private Duration ackWait = Duration.ofSeconds(30);
  private Duration leaseTime = Duration.ofSeconds(15);

  private TestBuses(Ledger ledger, String url) {
    this.ledger = ledger;
    this.url = url;
  }

  static TestBuses on(String url, Ledger ledger) {
    return new TestBuses(ledger, url);
  }

  TestBuses partitions(int count) {
    partitions = count;
    return this;
  }

  TestBuses ackWait(Duration time) {
    ackWait = time;
    return this;
  }

  TestBuses leaseTime(Duration time) {
    leaseTime = time;
    return this;
  }

  /** A topic of this test. */
  String topic(String name) {
    return name + "." + unique;
  }

  NatsOptions options(String server, String... topics) {
    String[] named = List.of(topics).stream().map(this::topic).toArray(String[]::new);
    return NatsOptions.of(BusOptions.of("group." + unique, named), server)
        .newTopics(partitions, 1, Storage.FILE, Duration.ZERO)
        .ackWait(ackWait)
        .leaseTime(leaseTime);
  }

  static String body(dev.sluice.eventbus.InboundMessage message) {
    return new String(message.body(), StandardCharsets.UTF_8);
  }

  NatsNames names() {
    return new NatsNames("sluice", "group." + unique);
  }

  /** Closes one that need not end in order; who blocks would not wait for a timer that is late. */
  CloseReport closeDirty(NatsTransport transport, Duration time) throws Exception {
    opened.remove(transport);
    return transport
        .closeAsync(Deadline.after(time))
        .toCompletableFuture()
        .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  /** A member of the test's group, started. */
  NatsTransport member(String... topics) {
    return started(options(url, topics));
  }

  /** The same through another address. */
  NatsTransport memberAt(String server, String... topics) {
    return started(options(server, topics));
  }

  NatsTransport started(NatsOptions options) {
    NatsTransport transport = new NatsTransport(options, ledger);
    opened.add(transport);
    transport.start();
    return transport;
  }

  CompletableFuture<Published> publish(
      NatsTransport transport, String topic, String key, String body) {
    return transport.publish(
        topic(topic),
        OutboundMessage.of(key, body.getBytes(StandardCharsets.UTF_8)),
        Deadline.after(PATIENCE));
  }

  @Override
  public void close() {
    for (NatsTransport transport : opened) {
      CloseReport report = transport.close(Deadline.after(Duration.ofSeconds(20)));
      if (!report.clean()) {
        throw new AssertionError(report.describe());
      }
    }
  }
}
