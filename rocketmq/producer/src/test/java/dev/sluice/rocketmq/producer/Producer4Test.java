package dev.sluice.rocketmq.producer;

import dev.sluice.engines.RocketMQVersion;

class Producer4Test extends ProducerContract {
  @Override
  RocketMQVersion version() {
    return RocketMQVersion.V4;
  }
}
