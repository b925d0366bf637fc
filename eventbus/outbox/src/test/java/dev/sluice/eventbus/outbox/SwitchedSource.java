package dev.sluice.eventbus.outbox;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.Supplier;
import java.util.logging.Logger;
import javax.sql.DataSource;

/** Whichever source it is now. */
record SwitchedSource(Supplier<? extends DataSource> now) implements DataSource {
  @Override
  public Connection getConnection() throws SQLException {
    return now.get().getConnection();
  }

  @Override
  public Connection getConnection(String user, String password) throws SQLException {
    return now.get().getConnection(user, password);
  }

  @Override
  public PrintWriter getLogWriter() throws SQLException {
    return now.get().getLogWriter();
  }

  @Override
  public void setLogWriter(PrintWriter out) throws SQLException {
    now.get().setLogWriter(out);
  }

  @Override
  public void setLoginTimeout(int seconds) throws SQLException {
    now.get().setLoginTimeout(seconds);
  }

  @Override
  public int getLoginTimeout() throws SQLException {
    return now.get().getLoginTimeout();
  }

  @Override
  public Logger getParentLogger() {
    return Logger.getGlobal();
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    return now.get().unwrap(type);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) throws SQLException {
    return now.get().isWrapperFor(type);
  }
}
