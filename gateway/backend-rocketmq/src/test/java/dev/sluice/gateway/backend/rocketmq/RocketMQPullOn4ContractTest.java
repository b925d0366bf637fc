package dev.sluice.gateway.backend.rocketmq;

import dev.sluice.engines.SharedEngine;
import dev.sluice.gateway.spi.Backend;
import dev.sluice.gateway.spi.Credentials;
import dev.sluice.gateway.spi.Loops;
import dev.sluice.gateway.spi.UpstreamSpec;
import dev.sluice.gateway.spi.testing.PullContractTest;
import org.junit.jupiter.api.extension.RegisterExtension;

/** RocketMQ 4 keeps the contract of pulls. */
class RocketMQPullOn4ContractTest extends PullContractTest {

  @RegisterExtension static final TestLoops LOOPS = new TestLoops();

  @Override
  protected Backend backend() {
    return LOOPS.backend();
  }

  @Override
  protected UpstreamSpec spec() {
    return new UpstreamSpec(
        SharedEngine.rocketmq4().nameServerAddress(), "pulls", Credentials.NONE);
  }

  @Override
  protected Loops loops() {
    return LOOPS.loops();
  }
}
