package dev.sluice.eventbus.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.engines.NatsEngine;
import dev.sluice.engines.NatsEngineOptions;
import dev.sluice.eventbus.Backoff;
import dev.sluice.eventbus.EventBus;
import dev.sluice.eventbus.FailurePolicy;
import dev.sluice.eventbus.SubscribeOptions;
import dev.sluice.lifecycle.Ledger;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a transaction to a handler, over a real broker. */
class RelayOverNatsTest extends OutboxFixture {
  private static final int AGGREGATES = 10;

  @TempDir private Path data;

  /** What was handled, by aggregate, as often as it was. */
  private final Map<String, Queue<Long>> handled = new ConcurrentHashMap<>();

  private int appended;

  @Override
  TestDatabase database() throws Exception {
    return TestDatabases.h2();
  }

  @Test
  void whatIsCommittedArrivesInOrderThoughTheBrokerGoesAwayAndTheRelayIsKilled(Ledger ledger)
      throws Exception {
    try (NatsEngine engine = NatsEngine.start(NatsEngineOptions.in(data));
        EventBus bus = RelayProgram.bus(engine.url(), ledger, "shop", "orders")) {
      bus.start();
      bus.subscribeEnvelope(
          "orders",
          SubscribeOptions.of(FailurePolicy.retry(Backoff.standard())),
          (event, message) ->
              handled
                  .computeIfAbsent(event.aggregateId(), none -> new ConcurrentLinkedQueue<>())
                  .add(event.eventVersion()));
      appendToAll(20);
      long left;
      Process killed = RelayProgram.start(database(), engine.url());
      try {
        await().until(() -> distinct() >= 20);

        engine.kill().toCompletableFuture().join();
        appendToAll(20);
        assertThat(killed.inputReader().readLine()).isEqualTo("failed");
        engine.restart();
        await().until(() -> distinct() == 40 * AGGREGATES);

        left = leftByKilling(killed);
      } finally {
        killed.destroyForcibly();
      }
      while (left == 0) {
        // It was done before that was seen: who watches may be the slower one.
        left = leftByKilling(RelayProgram.start(database(), engine.url()));
      }
      appendToAll(5);

      try (OutboxRelay relay =
          RelayProgram.relay(outbox, database(), bus::publishEnvelope, ledger)) {
        relay.start();
        awaitEmpty();
        // The database may yet have done what it was told last by the one that was killed.
        long most = left + 5 * AGGREGATES;
        await()
            .untilAsserted(
                () -> assertThat(relay.inspect().published()).isBetween(5L * AGGREGATES, most));
      }
      await().until(() -> distinct() == (long) appended * AGGREGATES);
    }
    assertThat(handled).hasSize(AGGREGATES);
    handled.forEach(
        (aggregate, numbers) ->
            // What came again aside: each for the first time in order.
            assertThat(List.copyOf(new LinkedHashSet<>(numbers)))
                .as(aggregate)
                .isEqualTo(numbers(appended)));
    assertThat(stuck()).isEmpty();
  }

  /** Kills a relay while it publishes, and says how much it had yet to. */
  private long leftByKilling(Process relay) throws Exception {
    try {
      long some = (appended + 5L) * AGGREGATES;
      appendToAll(300);
      await().until(() -> distinct() >= some);
    } finally {
      relay.destroyForcibly().waitFor();
    }
    return status().waiting();
  }

  private void appendToAll(int events) throws Exception {
    database()
        .commit(
            connection -> {
              for (int number = appended + 1; number <= appended + events; number++) {
                for (int i = 0; i < AGGREGATES; i++) {
                  outbox.append(connection, "orders", Samples.event("order-" + i, number));
                }
              }
              return true;
            });
    appended += events;
  }

  private long distinct() {
    return handled.values().stream().mapToLong(each -> new LinkedHashSet<>(each).size()).sum();
  }
}
