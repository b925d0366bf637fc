package dev.sluice.eventbus.outbox;

import dev.sluice.eventbus.EventBusException;
import java.sql.Connection;
import java.sql.SQLException;

/** What callers' connections must be. */
final class Transactions {
  private Transactions() {}

  static void check(Connection connection) throws SQLException {
    if (connection.getAutoCommit()) {
      throw EventBusException.invalid("connection", "commits by itself", "within a transaction");
    }
  }
}
