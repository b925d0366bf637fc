package dev.sluice.rocketmq.client;

import dev.sluice.engines.SharedEngine;

class PushConsumerOn4Test extends PushConsumerContract {
  @Override
  SharedEngine engine() {
    return SharedEngine.rocketmq4();
  }
}
