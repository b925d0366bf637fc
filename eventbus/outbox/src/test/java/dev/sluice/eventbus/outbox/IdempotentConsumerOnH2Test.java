package dev.sluice.eventbus.outbox;

/** {@link IdempotentConsumerContract} on H2. */
class IdempotentConsumerOnH2Test extends IdempotentConsumerContract {
  @Override
  TestDatabase database() throws Exception {
    return TestDatabases.h2();
  }
}
