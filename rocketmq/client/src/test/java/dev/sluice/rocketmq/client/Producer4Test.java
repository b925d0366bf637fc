package dev.sluice.rocketmq.client;

import dev.sluice.engines.RocketMQVersion;

class Producer4Test extends ProducerContract {
  @Override
  RocketMQVersion version() {
    return RocketMQVersion.V4;
  }
}
