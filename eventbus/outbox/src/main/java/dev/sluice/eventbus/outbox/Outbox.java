package dev.sluice.eventbus.outbox;

import dev.sluice.eventbus.Envelope;
import dev.sluice.eventbus.EventBusException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * Events in tables of the application's database, on their way to a bus. An event is appended in
 * the transaction that it tells of: if that rolls back, it was never there; if it commits, an
 * {@link OutboxRelay} publishes it, at least once.
 *
 * <p><b>Order.</b> Events of an aggregate are published in the order in which they were appended,
 * provided that the transactions that append to one aggregate come one after the other, as they do
 * where each locks the aggregate or checks its version first. That holds over all topics.
 *
 * <p>Connections are the caller's, within a transaction that the caller ends; what the database
 * refuses is an {@link SQLException}, after which the transaction is to be rolled back. Safe for
 * any number of threads.
 */
public interface Outbox {

  /** An outbox in a database. Those of one process that share tables should be one. */
  static Outbox in(OutboxDatabase database) {
    return new JdbcOutbox(database);
  }

  /** The database. */
  OutboxDatabase database();

  /** Makes the tables and their indexes where they are missing; commits nothing itself. */
  void createSchema(Connection connection) throws SQLException;

  /**
   * Appends an event to the caller's transaction. Relays of this outbox in this process look for it
   * soon, sooner still where {@link #committed} is called.
   *
   * @throws EventBusException INVALID_ARGUMENT if the connection commits by itself, or the topic is
   *     no name of a topic
   */
  void append(Connection connection, String topic, Envelope envelope) throws SQLException;

  /** Says that a transaction was committed: relays of this outbox in this process look at once. */
  void committed();

  /**
   * Counts what waits. Reads the whole index of what waits, which takes its time where that is
   * much.
   */
  OutboxStatus status(Connection connection) throws SQLException;

  /**
   * The aggregates whose oldest event could not be published, longest first.
   *
   * @param max how many at most, 1 to 10,000
   */
  List<StuckAggregate> stuck(Connection connection, int max) throws SQLException;

  /** Has an aggregate's oldest event tried again at once; false if it is not stuck. */
  boolean retry(Connection connection, String aggregateId) throws SQLException;

  /**
   * Takes an event away that is not to be published; those behind it go on. Waits for a relay that
   * is publishing it.
   *
   * @param position as {@link StuckAggregate} has it
   * @return false if it is not there any more
   */
  boolean discard(Connection connection, long position) throws SQLException;
}
