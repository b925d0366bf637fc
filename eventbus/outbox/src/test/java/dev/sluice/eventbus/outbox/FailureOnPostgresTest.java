package dev.sluice.eventbus.outbox;

/** {@link FailureContract} on PostgreSQL. */
class FailureOnPostgresTest extends FailureContract {
  @Override
  TestDatabase database() throws Exception {
    return TestDatabases.postgres();
  }
}
