package dev.sluice.rocketmq.consumer;

import dev.sluice.engines.SharedEngine;

class OrderedConsumerOn4Test extends OrderedConsumerContract {
  @Override
  SharedEngine engine() {
    return SharedEngine.rocketmq4();
  }
}
