package dev.sluice.rocketmq.client;

import dev.sluice.engines.RocketMQVersion;

class Transactions4Test extends TransactionsContract {
  @Override
  RocketMQVersion version() {
    return RocketMQVersion.V4;
  }
}
