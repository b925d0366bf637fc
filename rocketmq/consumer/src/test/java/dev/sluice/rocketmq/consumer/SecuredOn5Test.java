package dev.sluice.rocketmq.consumer;

import dev.sluice.engines.RocketMQEngineOptions;
import dev.sluice.engines.RocketMQVersion;

/** On 5.5.0 by its authentication. */
class SecuredOn5Test extends SecuredContract {
  @Override
  RocketMQEngineOptions.Builder asking(RocketMQEngineOptions.Builder engine) {
    return engine.version(RocketMQVersion.V5).authenticating(OWNER, SECRET);
  }
}
