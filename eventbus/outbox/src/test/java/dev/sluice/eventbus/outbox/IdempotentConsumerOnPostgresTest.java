package dev.sluice.eventbus.outbox;

/** {@link IdempotentConsumerContract} on PostgreSQL. */
class IdempotentConsumerOnPostgresTest extends IdempotentConsumerContract {
  @Override
  TestDatabase database() throws Exception {
    return TestDatabases.postgres();
  }
}
