package dev.sluice.rocketmq.client;

import dev.sluice.engines.SharedEngine;

class BroadcastingOn4Test extends BroadcastingContract {
  @Override
  SharedEngine engine() {
    return SharedEngine.rocketmq4();
  }
}
