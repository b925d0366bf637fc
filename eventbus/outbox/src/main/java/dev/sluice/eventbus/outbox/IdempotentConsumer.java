package dev.sluice.eventbus.outbox;

import dev.sluice.eventbus.EventBusException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.time.Duration;
import java.util.Objects;

/**
 * Has a handler's work done once, however often its event comes: the event is noted in the
 * transaction in which the work is done. In the tables that {@link Outbox#createSchema} makes. Safe
 * for any number of threads.
 */
public final class IdempotentConsumer {
  private static final int LONGEST = 255;
  private static final String DUPLICATE = "23505";

  private final OutboxDatabase database;

  private IdempotentConsumer(OutboxDatabase database) {
    this.database = database;
  }

  /** In a database. */
  public static IdempotentConsumer in(OutboxDatabase database) {
    return new IdempotentConsumer(Objects.requireNonNull(database, "database"));
  }

  /**
   * What is to be done once.
   *
   * @param <X> what it fails with
   */
  @FunctionalInterface
  public interface Work<X extends Exception> {
    /** Does it, by the connection that it was given to with. */
    void run() throws X;
  }

  /**
   * Does the work, unless it was done. Where another transaction is doing it, waits for its end.
   * What the work throws is thrown on, after its changes were rolled back and the event was
   * forgotten again; the caller ends the transaction.
   *
   * @param connection within a transaction, which may have done other things before
   * @param consumer whose work it is, 1 to 255 characters
   * @param eventId of the event, 1 to 255 characters
   * @return whether it was done now
   * @throws EventBusException INVALID_ARGUMENT if the connection commits by itself, or a name is
   *     too long
   * @throws SQLException also where two transactions that see one state each want to do it, by
   *     which the database ends one of them; it finds the work done when it comes again
   */
  public <X extends Exception> boolean runOnce(
      Connection connection, String consumer, String eventId, Work<X> work) throws SQLException, X {
    Transactions.check(connection);
    checkLength("consumer", consumer);
    checkLength("eventId", eventId);
    Savepoint before = connection.setSavepoint();
    if (!note(connection, consumer, eventId)) {
      connection.releaseSavepoint(before);
      return false;
    }
    boolean done = false;
    try {
      work.run();
      done = true;
    } finally {
      if (!done) {
        connection.rollback(before);
      }
    }
    connection.releaseSavepoint(before);
    return true;
  }

  private static void checkLength(String name, String value) {
    if (value.isEmpty() || value.length() > LONGEST) {
      throw EventBusException.invalid(name, value, "1 to " + LONGEST + " characters");
    }
  }

  private boolean note(Connection connection, String consumer, String eventId) throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(database.insertConsumed())) {
      insert.setString(1, consumer);
      insert.setString(2, eventId);
      insert.setLong(3, System.currentTimeMillis());
      return insert.executeUpdate() == 1;
    } catch (SQLException e) {
      // H2 tells thus that another transaction was first.
      if (database == OutboxDatabase.H2 && DUPLICATE.equals(e.getSQLState())) {
        return false;
      }
      throw e;
    }
  }

  /**
   * Forgets events that were noted longer ago than this. One that comes again after that is handled
   * again: the age is to be above that of whatever may be replayed.
   *
   * @return how many were forgotten
   */
  public int purge(Connection connection, Duration age) throws SQLException {
    if (!age.isPositive()) {
      throw EventBusException.invalid("age", age, "> 0");
    }
    try (PreparedStatement delete =
        connection.prepareStatement("DELETE FROM sluice_consumed WHERE consumed_at < ?")) {
      delete.setLong(1, System.currentTimeMillis() - age.toMillis());
      return delete.executeUpdate();
    }
  }
}
