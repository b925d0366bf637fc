package dev.sluice.rocketmq.consumer;

import dev.sluice.engines.SharedEngine;

class OffsetResetOn5Test extends OffsetResetContract {
  @Override
  SharedEngine engine() {
    return SharedEngine.rocketmq5();
  }
}
