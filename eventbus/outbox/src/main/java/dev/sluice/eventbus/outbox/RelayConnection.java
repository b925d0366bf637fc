package dev.sluice.eventbus.outbox;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** A connection of the application's pool, in a transaction of the relay until it is closed. */
final class RelayConnection implements AutoCloseable {
  private static final int VALID_SECONDS = 2;

  private final Connection connection;
  private final boolean autoCommit;
  private final int isolation;

  private RelayConnection(Connection connection, boolean autoCommit, int isolation) {
    this.connection = connection;
    this.autoCommit = autoCommit;
    this.isolation = isolation;
  }

  static RelayConnection open(DataSource source) throws SQLException {
    Connection connection = source.getConnection();
    try {
      var opened =
          new RelayConnection(
              connection, connection.getAutoCommit(), connection.getTransactionIsolation());
      // What is read after a lock was taken must be what there is then.
      if (opened.isolation != Connection.TRANSACTION_READ_COMMITTED) {
        connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
      }
      connection.setAutoCommit(false);
      return opened;
    } catch (SQLException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  Connection connection() {
    return connection;
  }

  void commit() throws SQLException {
    connection.commit();
  }

  /** Whether the database still has this connection, and with it its locks. */
  boolean isAlive() {
    try {
      return connection.isValid(VALID_SECONDS);
    } catch (SQLException e) {
      return false;
    }
  }

  /** Rolls back what was not committed, and gives the connection back as it was. */
  @Override
  public void close() throws SQLException {
    try (connection) {
      if (!connection.isClosed()) {
        connection.rollback();
        connection.setAutoCommit(autoCommit);
        if (isolation != Connection.TRANSACTION_READ_COMMITTED) {
          connection.setTransactionIsolation(isolation);
        }
      }
    }
  }
}
