package dev.sluice.eventbus.outbox;

/** {@link RelayContract} on PostgreSQL. */
class RelayOnPostgresTest extends RelayContract {
  @Override
  TestDatabase database() throws Exception {
    return TestDatabases.postgres();
  }
}
