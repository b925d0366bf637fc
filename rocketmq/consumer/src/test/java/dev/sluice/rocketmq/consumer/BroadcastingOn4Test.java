package dev.sluice.rocketmq.consumer;

import dev.sluice.engines.SharedEngine;

class BroadcastingOn4Test extends BroadcastingContract {
  @Override
  SharedEngine engine() {
    return SharedEngine.rocketmq4();
  }
}
