package dev.sluice.eventbus.outbox;

/** {@link RelayContract} on H2. */
class RelayOnH2Test extends RelayContract {
  @Override
  TestDatabase database() throws Exception {
    return TestDatabases.h2();
  }
}
