package dev.sluice.benchmarks.busload;

import dev.sluice.eventbus.Backoff;
import dev.sluice.eventbus.BusOptions;
import dev.sluice.eventbus.Envelope;
import dev.sluice.eventbus.EventBus;
import dev.sluice.eventbus.FailurePolicy;
import dev.sluice.eventbus.SubscribeOptions;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.lifecycle.LedgerSnapshot;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A bus with a handler for each of its topics, that publishes to them itself. For one thread. */
final class BusTraffic {

  /** Envelopes being published at a time, of those that are published as fast as it goes. */
  private static final int IN_FLIGHT = 1000;

  private static final int PATIENCE_SECONDS = 120;

  /** To each topic, so that every connection and partition was used before. */
  private static final int GREETINGS = 100;

  private static final Duration CLOSE_TIME = Duration.ofSeconds(30);

  private final EventBus bus;
  private final Ledger ledger = Ledger.create();
  private final List<String> topics;
  private final int payloadBytes;
  private final LeftBehind before;
  // By the names that the aggregates begin with; a few.
  private final Map<String, EnvelopeWatch> watches = new ConcurrentHashMap<>();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

  BusTraffic(Transport transport, String address, String name, int topics, int payloadBytes)
      throws IOException {
    this.before = LeftBehind.before();
    this.topics = IntStream.range(0, topics).mapToObj(i -> name + "-" + i).toList();
    this.payloadBytes = payloadBytes;
    this.bus =
        EventBus.create(
            transport.options(BusOptions.of(name, this.topics.toArray(String[]::new)), address),
            ledger);
  }

  /**
   * Publishing as fast as it goes.
   *
   * @param publishedPerSecond up to the last acknowledgement
   * @param handledPerSecond up to the end of the last handler
   */
  record Burst(EnvelopeWatch watch, double publishedPerSecond, double handledPerSecond) {}

  /**
   * What a closed bus left.
   *
   * @param sockets that are open
   * @param ledger entries that are open
   * @param report what its close did not finish; empty if nothing
   */
  record Left(List<String> threads, long sockets, long ledger, String report) {

    String describe() {
      return (threads.isEmpty() ? "" : "threads left: " + threads + " ") + report;
    }
  }

  /** Starts, and returns when envelopes of every topic have come. */
  void open() throws InterruptedException {
    bus.start();
    for (String topic : topics) {
      var _ =
          bus.subscribeEnvelope(
              topic,
              SubscribeOptions.of(FailurePolicy.retry(Backoff.standard())),
              (envelope, message) -> handle(envelope));
    }
    burst("greeting", GREETINGS * topics.size());
  }

  private void handle(Envelope envelope) {
    String aggregate = envelope.aggregateId();
    EnvelopeWatch watch = watches.get(aggregate.substring(0, aggregate.indexOf(':')));
    if (watch == null) {
      throw new IllegalStateException("not published by this program: " + envelope);
    }
    watch.handle(envelope);
  }

  private EnvelopeWatch watch(String phase, int count) {
    var watch = new EnvelopeWatch(phase, topics.size(), count, payloadBytes);
    watches.put(phase, watch);
    return watch;
  }

  /** Publishes so many per second, at even distances, and waits until they were handled. */
  EnvelopeWatch paced(String phase, int count, int rate) throws InterruptedException {
    EnvelopeWatch watch = watch(phase, count);
    long begun = System.nanoTime();
    for (int i = 0; i < count; i++) {
      long due = begun + i * 1_000_000_000L / rate;
      for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
      publish(watch, i, () -> {});
    }
    watch.await(PATIENCE_SECONDS);
    return watch;
  }

  /** Publishes as fast as it goes, and waits until all were handled. */
  Burst burst(String phase, int count) throws InterruptedException {
    EnvelopeWatch watch = watch(phase, count);
    var room = new Semaphore(IN_FLIGHT);
    long begun = System.nanoTime();
    for (int i = 0; i < count; i++) {
      room.acquire();
      publish(watch, i, room::release);
    }
    room.acquire(IN_FLIGHT);
    double published = (System.nanoTime() - begun) / 1e9;
    if (!watch.await(PATIENCE_SECONDS)) {
      return new Burst(watch, count / published, Double.NaN);
    }
    return new Burst(watch, count / published, count / ((watch.ended() - begun) / 1e9));
  }

  private void publish(EnvelopeWatch watch, int index, Runnable ended) {
    var _ =
        bus.publishEnvelope(topics.get(watch.topic(index)), watch.envelope(index))
            .whenComplete(
                (published, thrown) -> {
                  if (thrown != null) {
                    failure.compareAndSet(null, thrown);
                  }
                  ended.run();
                });
  }

  /** Platform threads of the bus. */
  int threads() {
    return before.newThreads().size();
  }

  /** The first failure to publish; empty for none. */
  String failure() {
    Throwable first = failure.get();
    return first == null ? "" : first.toString();
  }

  /**
   * Closes.
   *
   * @param patience with what it had, to be gone; what the process made once stays
   */
  Left close(Duration patience) throws IOException {
    CloseReport report = bus.close(CLOSE_TIME);
    before.settle(ledger, patience);
    return new Left(
        before.newThreads(),
        before.newSockets(),
        ledger.snapshot().kinds().values().stream().mapToLong(LedgerSnapshot.Kind::open).sum(),
        report.clean() ? "" : report.describe());
  }
}
