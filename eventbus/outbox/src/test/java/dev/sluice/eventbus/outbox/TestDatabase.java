package dev.sluice.eventbus.outbox;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Logger;
import javax.sql.DataSource;

/** A database that has the tables, and other processes can reach. */
record TestDatabase(OutboxDatabase kind, String url) {

  /** Unpooled connections, counted. */
  static final class Connections implements DataSource {
    private final String url;
    private final AtomicLong opened = new AtomicLong();

    Connections(String url) {
      this.url = url;
    }

    long opened() {
      return opened.get();
    }

    @Override
    public Connection getConnection() throws SQLException {
      opened.incrementAndGet();
      return DriverManager.getConnection(url);
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
      return getConnection();
    }

    @Override
    public PrintWriter getLogWriter() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void setLogWriter(PrintWriter out) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void setLoginTimeout(int seconds) {
      throw new UnsupportedOperationException();
    }

    @Override
    public int getLoginTimeout() {
      return 0;
    }

    @Override
    public Logger getParentLogger() {
      return Logger.getGlobal();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
      throw new SQLException("wraps nothing");
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
      return false;
    }
  }

  Connections connections() {
    return new Connections(url);
  }

  /** What is done in a transaction. */
  @FunctionalInterface
  interface Work<T> {
    T run(Connection connection) throws Exception;
  }

  /** Does it in a transaction, and commits that. */
  <T> T commit(Work<T> work) throws Exception {
    try (Connection connection = DriverManager.getConnection(url)) {
      connection.setAutoCommit(false);
      T result = work.run(connection);
      connection.commit();
      return result;
    }
  }

  /** Empties the tables, which are made where they are missing. */
  void reset(Outbox outbox) throws Exception {
    commit(
        connection -> {
          outbox.createSchema(connection);
          try (Statement statement = connection.createStatement()) {
            for (String table :
                List.of("sluice_outbox", "sluice_outbox_failure", "sluice_consumed")) {
              statement.execute("DELETE FROM " + table);
            }
          }
          return true;
        });
  }
}
