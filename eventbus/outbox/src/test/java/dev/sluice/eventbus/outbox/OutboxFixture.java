package dev.sluice.eventbus.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.eventbus.Backoff;
import dev.sluice.eventbus.Envelope;
import dev.sluice.eventbus.EventBusException;
import dev.sluice.lifecycle.Ledger;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.BeforeEach;

/** Tables, a bus that records, and what tests do with them. */
abstract class OutboxFixture {
  static final Duration PATIENCE = Duration.ofSeconds(60);
  static final Duration CLOSE_TIME = Duration.ofSeconds(20);
  static final RelayOptions QUICK =
      RelayOptions.standard()
          .interval(Duration.ofMillis(50))
          .backoff(new Backoff(Duration.ofMillis(5), 2, Duration.ofMillis(100)));

  final RecordingBus bus = new RecordingBus();
  Outbox outbox = Outbox.in(OutboxDatabase.H2);

  abstract TestDatabase database() throws Exception;

  @BeforeEach
  void emptyTables() throws Exception {
    outbox = Outbox.in(database().kind());
    database().reset(outbox);
  }

  static ConditionFactory await() {
    return Awaitility.await().atMost(PATIENCE);
  }

  OutboxRelay relay(RelayOptions options, Ledger ledger) throws Exception {
    OutboxRelay relay = OutboxRelay.create(outbox, database().connections(), bus, options, ledger);
    relay.start();
    return relay;
  }

  void append(Envelope event) throws Exception {
    database()
        .commit(
            connection -> {
              outbox.append(connection, "orders", event);
              return true;
            });
  }

  void append(String aggregate, int from, int to) throws Exception {
    for (int number = from; number <= to; number++) {
      append(Samples.event(aggregate, number));
    }
  }

  OutboxStatus status() throws Exception {
    return database().commit(outbox::status);
  }

  List<StuckAggregate> stuck() throws Exception {
    return database().commit(connection -> outbox.stuck(connection, 100));
  }

  void awaitEmpty() {
    await().untilAsserted(() -> assertThat(status().waiting()).isZero());
  }

  /** A relay counts what it has deleted a moment after that is seen in the table. */
  static void awaitPublished(OutboxRelay relay, long count) {
    await().untilAsserted(() -> assertThat(relay.inspect().published()).isEqualTo(count));
  }

  static List<Long> numbers(int to) {
    return LongStream.rangeClosed(1, to).boxed().toList();
  }

  /** Another aggregate of the same bucket, so that one claim has both. */
  static String neighbour(String aggregate) {
    return IntStream.range(0, 100_000)
        .mapToObj(number -> "neighbour-" + number)
        .filter(other -> Buckets.of(other) == Buckets.of(aggregate))
        .findFirst()
        .orElseThrow();
  }

  static EventBusException failure(EventBusException.Category category) {
    return EventBusException.of(category, "as the test wants");
  }
}
