package dev.sluice.rocketmq.consumer;

import dev.sluice.engines.SharedEngine;

class OffsetResetOn4Test extends OffsetResetContract {
  @Override
  SharedEngine engine() {
    return SharedEngine.rocketmq4();
  }
}
