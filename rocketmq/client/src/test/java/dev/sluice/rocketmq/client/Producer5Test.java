package dev.sluice.rocketmq.client;

import dev.sluice.engines.RocketMQVersion;

class Producer5Test extends ProducerContract {
  @Override
  RocketMQVersion version() {
    return RocketMQVersion.V5;
  }
}
