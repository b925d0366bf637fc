package dev.sluice.rocketmq.consumer;

import dev.sluice.engines.SharedEngine;

class PushConsumerOn4Test extends PushConsumerContract {
  @Override
  SharedEngine engine() {
    return SharedEngine.rocketmq4();
  }
}
