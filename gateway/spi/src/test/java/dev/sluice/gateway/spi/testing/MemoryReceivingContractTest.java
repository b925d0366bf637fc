package dev.sluice.gateway.spi.testing;

import dev.sluice.gateway.spi.Backend;
import dev.sluice.gateway.spi.Credentials;
import dev.sluice.gateway.spi.Loops;
import dev.sluice.gateway.spi.UpstreamSpec;
import dev.sluice.lifecycle.Clock;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;

/** The message system in memory keeps the contract of receives. */
class MemoryReceivingContractTest extends ReceivingContractTest {

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

  @Override
  protected Duration invisible() {
    return Duration.ofSeconds(1);
  }
}
