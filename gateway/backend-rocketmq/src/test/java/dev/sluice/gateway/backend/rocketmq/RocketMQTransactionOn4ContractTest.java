package dev.sluice.gateway.backend.rocketmq;

import dev.sluice.engines.SharedEngine;
import dev.sluice.engines.TopicNames;
import dev.sluice.gateway.spi.Backend;
import dev.sluice.gateway.spi.Credentials;
import dev.sluice.gateway.spi.Loops;
import dev.sluice.gateway.spi.UpstreamSpec;
import dev.sluice.gateway.spi.testing.TransactionContractTest;
import org.junit.jupiter.api.extension.RegisterExtension;

/** RocketMQ 4 keeps the contract of transactions, asked in a producer group of its own. */
class RocketMQTransactionOn4ContractTest extends TransactionContractTest {

  @RegisterExtension static final TestLoops LOOPS = new TestLoops();

  private static final RocketMQSettings SETTINGS =
      TestLoops.settings(TopicNames.unique("producers"));

  @Override
  protected Backend backend() {
    return LOOPS.backend(SETTINGS);
  }

  @Override
  protected UpstreamSpec spec() {
    return new UpstreamSpec(
        SharedEngine.rocketmq4().nameServerAddress(), "transactions", Credentials.NONE);
  }

  @Override
  protected Loops loops() {
    return LOOPS.loops();
  }
}
