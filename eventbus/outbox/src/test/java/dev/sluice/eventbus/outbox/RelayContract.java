package dev.sluice.eventbus.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.eventbus.Envelope;
import dev.sluice.eventbus.EventBusException;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.testkit.Seeds;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** What is published, and when, on any database. */
abstract class RelayContract extends OutboxFixture {
  @Test
  void whatIsCommittedIsPublishedAsItWasAndWhatRollsBackIsNot(Ledger ledger) throws Exception {
    Envelope event = Samples.event("order-1", 7, new byte[] {0, 1, -1, 0});
    try (Connection connection = DriverManager.getConnection(database().url())) {
      connection.setAutoCommit(false);
      outbox.append(connection, "orders", Samples.event("order-1", 6));
      connection.rollback();
    }
    append(event);

    try (OutboxRelay relay = relay(QUICK, ledger)) {
      awaitEmpty();
      awaitPublished(relay, 1);
    }

    assertThat(bus.attempts()).hasSize(1);
    assertThat(bus.attempts().getFirst()).usingRecursiveComparison().isEqualTo(event);
  }

  @Test
  void connectionsThatCommitByThemselvesAreRefused() throws Exception {
    try (Connection connection = DriverManager.getConnection(database().url())) {
      assertThatThrownBy(() -> outbox.append(connection, "orders", Samples.event("a", 1)))
          .isInstanceOf(EventBusException.class)
          .hasMessage("connection: commits by itself (expected: within a transaction)");
    }
    assertThat(status().waiting()).isZero();
  }

  @Test
  void makingTheTablesAgainChangesNothing() throws Exception {
    append("order-1", 1, 3);

    database()
        .commit(
            connection -> {
              outbox.createSchema(connection);
              return true;
            });

    assertThat(status().waiting()).isEqualTo(3);
  }

  @Test
  void appendingShortensThePausesOfRelaysThatRun() throws Exception {
    Wakes resting = new Wakes();
    for (int i = 0; i < 40; i++) {
      resting.nextPause(Duration.ofHours(1));
    }
    assertThat(resting.nextPause(Duration.ofHours(1))).isEqualTo(Duration.ofHours(1));
    JdbcOutbox tables = (JdbcOutbox) outbox;
    tables.add(resting);

    append("order-1", 1, 1);

    assertThat(resting.nextPause(Duration.ofHours(1))).isEqualTo(Duration.ofMillis(5));
    tables.remove(resting);
  }

  @Test
  void appendingWakesARelayThatLooksOnceAnHour(Ledger ledger) throws Exception {
    try (OutboxRelay relay = relay(QUICK.interval(Duration.ofHours(1)), ledger)) {
      append("order-1", 1, 1);
      awaitEmpty();

      append("order-1", 2, 2);
      outbox.committed();
      awaitEmpty();
      awaitPublished(relay, 2);
    }
  }

  @Test
  void relaysBesideEachOtherKeepOrderWhileEventsFailAndRelaysComeAndGo(Ledger ledger)
      throws Exception {
    Seeds seeds = Seeds.fresh();
    int aggregates = 20;
    int events = 15;
    bus.slow(2000);
    Seeds failures = seeds.split();
    bus.failing(
        event -> {
          synchronized (failures) {
            return failures.chance(15)
                ? failure(
                    failures.pick(
                        EventBusException.Category.UNKNOWN_OUTCOME,
                        EventBusException.Category.INTERNAL,
                        EventBusException.Category.TIMEOUT))
                : null;
          }
        });
    AtomicBoolean appended = new AtomicBoolean();
    CompletableFuture<?> appending =
        CompletableFuture.runAsync(
            () -> {
              try {
                for (int number = 1; number <= events; number++) {
                  for (int aggregate = 0; aggregate < aggregates; aggregate++) {
                    append(Samples.event("order-" + aggregate, number));
                  }
                }
              } catch (Exception e) {
                throw new AssertionError(e);
              } finally {
                appended.set(true);
              }
            });

    // Relays of different sizes; one is replaced again and again.
    try (OutboxRelay stays = relay(QUICK.batches(4, 10, 1 << 20), ledger);
        OutboxRelay other = relay(QUICK.batches(2, 7, 40), ledger)) {
      while (!appended.get() || status().waiting() > 0) {
        OutboxRelay comes = relay(QUICK.batches(3, 5, 1 << 20), ledger);
        await()
            .pollInterval(Duration.ofMillis(20))
            .until(() -> comes.inspect().published() > 5 || status().waiting() == 0);
        assertThat(comes.close(CLOSE_TIME).clean()).as("%s", seeds).isTrue();
      }
      appending.join();
      assertThat(stays.inspect().published() + other.inspect().published()).isPositive();
    }

    assertThat(bus.faults()).as("at the same time, %s", seeds).isEmpty();
    for (int aggregate = 0; aggregate < aggregates; aggregate++) {
      assertThat(bus.published("order-" + aggregate)).as("%s", seeds).isEqualTo(numbers(events));
    }
    assertThat(stuck()).isEmpty();
  }

  @Test
  void aRelayIsStartedOnceAndClosedWithoutHavingStarted(Ledger ledger) throws Exception {
    OutboxRelay relay = OutboxRelay.create(outbox, database().connections(), bus, QUICK, ledger);
    relay.start();
    assertThatThrownBy(relay::start).isInstanceOf(IllegalStateException.class);
    assertThat(relay.close(CLOSE_TIME).clean()).isTrue();
    assertThatThrownBy(relay::start).isInstanceOf(IllegalStateException.class);

    OutboxRelay never = OutboxRelay.create(outbox, database().connections(), bus, QUICK, ledger);
    assertThat(never.close(CLOSE_TIME).clean()).isTrue();
  }
}
