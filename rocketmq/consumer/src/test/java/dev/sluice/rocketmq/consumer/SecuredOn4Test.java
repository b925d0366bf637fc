package dev.sluice.rocketmq.consumer;

import dev.sluice.engines.AclAccount;
import dev.sluice.engines.RocketMQEngineOptions;
import dev.sluice.engines.RocketMQVersion;

/** On 4.9.7 by its plain access control. */
class SecuredOn4Test extends SecuredContract {
  @Override
  RocketMQEngineOptions.Builder asking(RocketMQEngineOptions.Builder engine) {
    return engine.version(RocketMQVersion.V4).accounts(AclAccount.admin(OWNER, SECRET));
  }
}
