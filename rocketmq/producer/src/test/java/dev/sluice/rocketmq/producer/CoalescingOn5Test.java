package dev.sluice.rocketmq.producer;

import dev.sluice.engines.RocketMQVersion;

class CoalescingOn5Test extends CoalescingContract {
  @Override
  RocketMQVersion version() {
    return RocketMQVersion.V5;
  }
}
