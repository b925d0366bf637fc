package dev.sluice.rocketmq.producer;

import dev.sluice.engines.RocketMQVersion;

class CoalescingOn4Test extends CoalescingContract {
  @Override
  RocketMQVersion version() {
    return RocketMQVersion.V4;
  }
}
