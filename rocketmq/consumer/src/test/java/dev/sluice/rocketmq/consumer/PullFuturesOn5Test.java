package dev.sluice.rocketmq.consumer;

import dev.sluice.engines.SharedEngine;

class PullFuturesOn5Test extends PullFuturesContract {
  @Override
  SharedEngine engine() {
    return SharedEngine.rocketmq5();
  }
}
