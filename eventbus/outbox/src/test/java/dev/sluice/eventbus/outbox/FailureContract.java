package dev.sluice.eventbus.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.eventbus.Backoff;
import dev.sluice.eventbus.EventBusException;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import java.io.BufferedReader;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What becomes of events while something fails, on any database. */
abstract class FailureContract extends OutboxFixture {
  @Test
  void whatAKilledRelayPublishedAndDidNotDeleteComesAgainInOrder(Ledger ledger) throws Exception {
    String hanging = neighbour("order-1");
    append("order-1", 1, 3);
    append(Samples.event(hanging, 1, new byte[77]));
    Process process =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                System.getProperty("java.class.path"),
                KilledRelay.class.getName(),
                database().kind().name(),
                database().url(),
                "77")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    List<String> said = new ArrayList<>();
    try (BufferedReader output = process.inputReader()) {
      while (said.size() < 4) {
        said.add(output.readLine());
      }
      assertThat(said)
          .containsSubsequence("published order-1 1", "published order-1 2", "published order-1 3")
          .contains("hangs " + hanging + " 1");
      try (OutboxRelay relay = relay(QUICK, ledger)) {
        // The other one has them; whatever else there is, is published by one of the two.
        append("elsewhere-1", 1, 1);
        await().until(() -> status().waiting() == 4);
        assertThat(bus.published("order-1")).isEmpty();

        process.destroyForcibly().waitFor();

        awaitEmpty();
        assertThat(relay.inspect().failures()).isZero();
      }
    } finally {
      process.destroyForcibly();
    }
    assertThat(bus.published("order-1")).isEqualTo(numbers(3));
    assertThat(bus.published(hanging)).isEqualTo(numbers(1));
  }

  @Test
  void aBrokerThatIsAwayIsAskedEverLessOftenAndHoldsNothingUpWhenItIsBack(Ledger ledger)
      throws Exception {
    bus.failing(event -> failure(EventBusException.Category.UNAVAILABLE));
    append("order-1", 1, 3);
    append("order-2", 1, 3);
    try (OutboxRelay relay = relay(QUICK, ledger)) {
      await().until(() -> relay.inspect().failures() >= 4);
      assertThat(relay.inspect().lastError()).isEqualTo("UNAVAILABLE: as the test wants");
      // It says nothing of the events.
      assertThat(stuck()).isEmpty();
      OutboxStatus status = status();
      assertThat(status.waiting()).isEqualTo(6);
      assertThat(status.oldestAge()).isPositive();

      bus.failing(event -> null);
      awaitEmpty();
      await().until(() -> relay.inspect().lastError() == null);
    }
    assertThat(bus.published("order-1")).isEqualTo(numbers(3));
    assertThat(bus.published("order-2")).isEqualTo(numbers(3));
  }

  @Test
  void anEventThatCannotBePublishedHoldsUpItsAggregateAlone(Ledger ledger) throws Exception {
    String poisoned = "order-1";
    String neighbour = neighbour(poisoned);
    bus.failing(
        event ->
            event.payload().length > 1000
                ? failure(EventBusException.Category.INVALID_ARGUMENT)
                : null);
    append(Samples.event(poisoned, 1, new byte[1001]));
    append(poisoned, 2, 3);
    append(neighbour, 1, 5);
    try (OutboxRelay relay = relay(QUICK.batches(1, 2, 1 << 20), ledger)) {
      await().until(() -> bus.published(neighbour).equals(numbers(5)));
      await()
          .untilAsserted(() -> assertThat(stuck().getFirst().attempts()).isGreaterThanOrEqualTo(3));
      StuckAggregate stuck = stuck().getFirst();
      assertThat(stuck.aggregateId()).isEqualTo(poisoned);
      assertThat(stuck.lastError()).isEqualTo("INVALID_ARGUMENT: as the test wants");
      assertThat(stuck.nextAttempt()).isAfterOrEqualTo(stuck.since());
      assertThat(status().stuckAggregates()).isEqualTo(1);
      assertThat(status().lastError()).isEqualTo("INVALID_ARGUMENT: as the test wants");
      assertThat(bus.published(poisoned)).isEmpty();

      boolean gone = database().commit(each -> outbox.discard(each, stuck.position()));

      assertThat(gone).isTrue();
      awaitEmpty();
      awaitPublished(relay, 7);
    }
    assertThat(bus.published(poisoned)).containsExactly(2L, 3L);
    assertThat(stuck()).isEmpty();
    assertThat(database().<Boolean>commit(each -> outbox.discard(each, 12345))).isFalse();
  }

  @Test
  void aRowThatIsNoEventIsVisibleAndHoldsUpNothingElse(Ledger ledger) throws Exception {
    String broken = "order-1";
    String neighbour = neighbour(broken);
    append(broken, 1, 1);
    database()
        .commit(
            connection -> {
              try (Statement statement = connection.createStatement()) {
                return statement.executeUpdate(
                    "UPDATE sluice_outbox SET occurred_at = 'yesterday'");
              }
            });
    append(neighbour, 1, 2);
    try (OutboxRelay relay = relay(QUICK, ledger)) {
      await().until(() -> bus.published(neighbour).equals(numbers(2)));
      await().until(() -> !stuck().isEmpty());
      assertThat(stuck().getFirst().lastError()).contains("yesterday");
      awaitPublished(relay, 2);
    }
  }

  @Test
  void aStuckAggregateIsTriedAtOnceWhenSomebodySaysSo(Ledger ledger) throws Exception {
    AtomicInteger attempts = new AtomicInteger();
    bus.failing(
        event ->
            attempts.incrementAndGet() == 1 ? failure(EventBusException.Category.NOT_FOUND) : null);
    append("order-1", 1, 2);
    Backoff hour = Backoff.fixed(Duration.ofHours(1));
    try (OutboxRelay relay = relay(QUICK.backoff(hour), ledger)) {
      await().until(() -> stuck().size() == 1);

      assertThat(database().<Boolean>commit(each -> outbox.retry(each, "order-1"))).isTrue();
      assertThat(database().<Boolean>commit(each -> outbox.retry(each, "order-2"))).isFalse();

      awaitEmpty();
      assertThat(relay.inspect().failures()).isEqualTo(1);
    }
    assertThat(bus.published("order-1")).isEqualTo(numbers(2));
    assertThat(stuck()).isEmpty();
  }

  @Test
  void whatDoesNotEndIsPublishedAgainBeforeWhatComesAfterIt(Ledger ledger) throws Exception {
    List<Long> begun = new ArrayList<>();
    EnvelopePublisher hangsOnce =
        (topic, event) -> {
          synchronized (begun) {
            begun.add(event.eventVersion());
            return begun.size() == 1
                ? new CompletableFuture<>()
                : CompletableFuture.completedFuture(topic);
          }
        };
    append("order-1", 1, 2);
    RelayOptions impatient = QUICK.times(Duration.ofMillis(1), Duration.ofMillis(1));
    OutboxRelay relay =
        OutboxRelay.create(outbox, database().connections(), hangsOnce, impatient, ledger);
    relay.start();
    awaitEmpty();
    relay.close(CLOSE_TIME);
    assertThat(begun).containsExactly(1L, 1L, 2L);
  }

  @Test
  void closingReturnsByItsDeadlineAndGivesClaimsBackWhileTheBusHangs(Ledger ledger)
      throws Exception {
    String neighbour = neighbour("order-1");
    append("order-1", 1, 1);
    append(neighbour, 1, 2);
    CompletableFuture<Object> hanging = new CompletableFuture<>();
    RecordingBus before = new RecordingBus();
    OutboxRelay closed =
        OutboxRelay.create(
            outbox,
            database().connections(),
            (topic, event) ->
                event.aggregateId().equals("order-1") ? hanging : before.publish(topic, event),
            QUICK,
            ledger);
    closed.start();
    await().until(() -> before.publishedCount() == 2);

    // One that blocks would not wait for a timer that is late.
    CloseReport report =
        closed
            .closeAsync(Deadline.after(Duration.ofSeconds(3)))
            .toCompletableFuture()
            .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);

    assertThat(report.describe()).contains("unfinished: await what is being published");
    // What was acknowledged is deleted all the same.
    assertThat(status().waiting()).isEqualTo(1);
    try (OutboxRelay next = relay(QUICK, ledger)) {
      awaitEmpty();
      awaitPublished(next, 1);
    }
    assertThat(bus.published("order-1")).isEqualTo(numbers(1));
    assertThat(closed.close(CLOSE_TIME)).isSameAs(report);
  }

  @Test
  void aDatabaseThatCannotBeReachedIsTriedAgain(Ledger ledger) throws Exception {
    append("order-1", 1, 1);
    AtomicBoolean away = new AtomicBoolean(true);
    TestDatabase.Connections gone = new TestDatabase.Connections("jdbc:nothing:");
    TestDatabase.Connections here = database().connections();
    OutboxRelay relay =
        OutboxRelay.create(
            outbox, new SwitchedSource(() -> away.get() ? gone : here), bus, QUICK, ledger);
    relay.start();
    await().until(() -> gone.opened() >= 2);
    assertThat(relay.inspect().lastError()).contains("jdbc:nothing:");

    away.set(false);

    awaitEmpty();
    await().until(() -> relay.inspect().lastError() == null);
    assertThat(relay.close(CLOSE_TIME).clean()).isTrue();
  }
}
