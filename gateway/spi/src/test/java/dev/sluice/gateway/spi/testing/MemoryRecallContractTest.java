package dev.sluice.gateway.spi.testing;

import dev.sluice.gateway.spi.Backend;
import dev.sluice.gateway.spi.Credentials;
import dev.sluice.gateway.spi.Loops;
import dev.sluice.gateway.spi.UpstreamSpec;
import dev.sluice.lifecycle.Clock;
import org.junit.jupiter.api.AfterAll;

/** The message system in memory keeps the contract of messages taken back. */
class MemoryRecallContractTest extends RecallContractTest {

  private static final ThreadLoops LOOPS = new ThreadLoops(2);
  private final MemoryBackend backend =
      new MemoryBackend(LOOPS, Clock.system(), MemoryOptions.DEFAULTS);

  @AfterAll
  static void endLoops() {
    LOOPS.close();
  }

  @Override
  protected Backend backend() {
    return backend;
  }

  @Override
  protected UpstreamSpec spec() {
    return new UpstreamSpec("memory:9876", "", Credentials.NONE);
  }

  @Override
  protected Loops loops() {
    return LOOPS;
  }
}
