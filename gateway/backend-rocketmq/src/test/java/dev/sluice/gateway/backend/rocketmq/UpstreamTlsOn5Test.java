package dev.sluice.gateway.backend.rocketmq;

import dev.sluice.engines.RocketMQEngineOptions;
import dev.sluice.engines.RocketMQVersion;
import org.junit.jupiter.api.extension.RegisterExtension;

class UpstreamTlsOn5Test extends UpstreamTlsContract {
  @RegisterExtension static final TestLoops LOOPS = new TestLoops();

  @Override
  TestLoops loops() {
    return LOOPS;
  }

  @Override
  RocketMQEngineOptions.Builder of(RocketMQEngineOptions.Builder engine) {
    return engine.version(RocketMQVersion.V5);
  }
}
