package dev.sluice.eventbus.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.eventbus.EventBusException;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Work that is done once, on any database. */
abstract class IdempotentConsumerContract extends OutboxFixture {
  private static final String EVENT = "0190163d-8694-739b-aea5-966c26f8ad91";
  private IdempotentConsumer consumer = IdempotentConsumer.in(OutboxDatabase.H2);

  @BeforeEach
  void makeAccounts() throws Exception {
    consumer = IdempotentConsumer.in(database().kind());
    execute("CREATE TABLE IF NOT EXISTS account (total INTEGER NOT NULL)");
    execute("DELETE FROM account");
    execute("INSERT INTO account (total) VALUES (0)");
  }

  private void execute(String statement) throws Exception {
    database()
        .commit(
            connection -> {
              add(connection, statement);
              return true;
            });
  }

  private static void add(Connection connection, String statement) throws SQLException {
    try (Statement update = connection.createStatement()) {
      update.execute(statement);
    }
  }

  private boolean bookOnce(Connection connection, String name) throws SQLException {
    return consumer.runOnce(
        connection, name, EVENT, () -> add(connection, "UPDATE account SET total = total + 1"));
  }

  private int total() throws Exception {
    return database()
        .commit(
            connection -> {
              try (Statement query = connection.createStatement();
                  ResultSet row = query.executeQuery("SELECT total FROM account")) {
                row.next();
                return row.getInt(1);
              }
            });
  }

  @Test
  void workIsDoneOnceForEachConsumer() throws Exception {
    assertThat(database().<Boolean>commit(each -> bookOnce(each, "ledger"))).isTrue();
    assertThat(database().<Boolean>commit(each -> bookOnce(each, "ledger"))).isFalse();
    assertThat(database().<Boolean>commit(each -> bookOnce(each, "mail"))).isTrue();
    assertThat(total()).isEqualTo(2);
  }

  @Test
  void workThatRollsBackIsDoneAgain() throws Exception {
    try (Connection connection = DriverManager.getConnection(database().url())) {
      connection.setAutoCommit(false);
      assertThat(bookOnce(connection, "ledger")).isTrue();
      connection.rollback();
    }
    assertThat(total()).isZero();
    assertThat(database().<Boolean>commit(each -> bookOnce(each, "ledger"))).isTrue();
    assertThat(total()).isEqualTo(1);
  }

  @Test
  void workThatFailsIsForgottenAlsoWhereItsTransactionCommits() throws Exception {
    database()
        .commit(
            connection -> {
              add(connection, "UPDATE account SET total = total + 10");
              assertThatThrownBy(
                      () ->
                          consumer.runOnce(
                              connection,
                              "ledger",
                              EVENT,
                              () -> {
                                add(connection, "UPDATE account SET total = total + 1");
                                throw new IOException("no such account");
                              }))
                  .isInstanceOf(IOException.class);
              return true;
            });
    // What came before it in the transaction stays.
    assertThat(total()).isEqualTo(10);
    assertThat(database().<Boolean>commit(each -> bookOnce(each, "ledger"))).isTrue();
    assertThat(total()).isEqualTo(11);
  }

  @Test
  void oneOfThoseThatComeAtTheSameTimeDoesIt() throws Exception {
    int rounds = 20;
    AtomicInteger done = new AtomicInteger();
    try (ExecutorService threads = Executors.newCachedThreadPool()) {
      for (int round = 0; round < rounds; round++) {
        String name = "ledger-" + round;
        CountDownLatch together = new CountDownLatch(4);
        List<CompletableFuture<?>> all = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
          all.add(
              CompletableFuture.runAsync(
                  () -> {
                    try {
                      together.countDown();
                      together.await();
                      if (database().<Boolean>commit(each -> bookOnce(each, name))) {
                        done.incrementAndGet();
                      }
                    } catch (Exception e) {
                      throw new AssertionError(e);
                    }
                  },
                  threads));
        }
        CompletableFuture.allOf(all.toArray(CompletableFuture<?>[]::new)).join();
      }
    }
    assertThat(done.get()).isEqualTo(rounds);
    assertThat(total()).isEqualTo(rounds);
  }

  @Test
  void whatIsOldIsForgottenWhenItIsTimeFor() throws Exception {
    assertThat(database().<Boolean>commit(each -> bookOnce(each, "ledger"))).isTrue();

    int young = database().commit(each -> consumer.purge(each, Duration.ofHours(1)));
    assertThat(young).isZero();
    assertThat(database().<Boolean>commit(each -> bookOnce(each, "ledger"))).isFalse();

    execute("UPDATE sluice_consumed SET consumed_at = consumed_at - 7200000");
    int old = database().commit(each -> consumer.purge(each, Duration.ofHours(1)));
    assertThat(old).isEqualTo(1);
    assertThat(database().<Boolean>commit(each -> bookOnce(each, "ledger"))).isTrue();
  }

  @Test
  void whatCannotBeIsRefused() throws Exception {
    try (Connection connection = DriverManager.getConnection(database().url())) {
      assertThatThrownBy(() -> bookOnce(connection, "ledger"))
          .isInstanceOf(EventBusException.class)
          .hasMessageContaining("within a transaction");
      connection.setAutoCommit(false);
      assertThatThrownBy(() -> bookOnce(connection, "x".repeat(256)))
          .isInstanceOf(EventBusException.class)
          .hasMessageContaining("1 to 255 characters");
      assertThatThrownBy(() -> consumer.purge(connection, Duration.ZERO))
          .isInstanceOf(EventBusException.class);
    }
  }
}
