package dev.sluice.eventbus.outbox;

import java.io.IOException;
import java.sql.SQLException;
import org.h2.tools.Server;
import org.jspecify.annotations.Nullable;

/** The databases that the tests of one process share. */
final class TestDatabases {
  private static @Nullable Server h2;

  private TestDatabases() {}

  static TestDatabase postgres() throws IOException, InterruptedException {
    return new TestDatabase(OutboxDatabase.POSTGRESQL, PostgresServer.shared().url());
  }

  /** Served over TCP so that a process of its own can have a relay; in memory. */
  static synchronized TestDatabase h2() throws SQLException {
    Server server = h2;
    if (server == null) {
      server = Server.createTcpServer("-tcpPort", "0", "-tcpDaemon", "-ifNotExists").start();
      h2 = server;
    }
    // How long a statement waits for a lock; the default of two seconds is for quick machines.
    return new TestDatabase(
        OutboxDatabase.H2,
        "jdbc:h2:tcp://127.0.0.1:"
            + server.getPort()
            + "/mem:outbox;DB_CLOSE_DELAY=-1;LOCK_TIMEOUT=60000");
  }
}
