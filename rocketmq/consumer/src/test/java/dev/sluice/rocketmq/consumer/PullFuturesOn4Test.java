package dev.sluice.rocketmq.consumer;

import dev.sluice.engines.SharedEngine;

class PullFuturesOn4Test extends PullFuturesContract {
  @Override
  SharedEngine engine() {
    return SharedEngine.rocketmq4();
  }
}
