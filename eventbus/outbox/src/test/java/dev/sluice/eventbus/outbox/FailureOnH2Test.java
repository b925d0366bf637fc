package dev.sluice.eventbus.outbox;

/** {@link FailureContract} on H2. */
class FailureOnH2Test extends FailureContract {
  @Override
  TestDatabase database() throws Exception {
    return TestDatabases.h2();
  }
}
