package dev.sluice.rocketmq.consumer;

import dev.sluice.engines.SharedEngine;

class OrderedConsumerOn5Test extends OrderedConsumerContract {
  @Override
  SharedEngine engine() {
    return SharedEngine.rocketmq5();
  }
}
