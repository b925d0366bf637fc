package dev.sluice.rocketmq.client;

import dev.sluice.engines.RocketMQVersion;

class Transactions5Test extends TransactionsContract {
  @Override
  RocketMQVersion version() {
    return RocketMQVersion.V5;
  }
}
