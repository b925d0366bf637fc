package dev.sluice.gateway.backend.rocketmq;

import dev.sluice.engines.RocketMQEngineOptions;
import org.junit.jupiter.api.extension.RegisterExtension;

class AccessControlOn5Test extends AccessControlContract {
  @RegisterExtension static final TestLoops LOOPS = new TestLoops();

  @Override
  TestLoops loops() {
    return LOOPS;
  }

  @Override
  RocketMQEngineOptions.Builder asking(RocketMQEngineOptions.Builder engine) {
    return engine.authenticating(RIGHT.accessKey(), RIGHT.secretKey());
  }
}
