package dev.sluice.rocketmq.producer;

import dev.sluice.engines.RocketMQVersion;

class Transactions5Test extends TransactionsContract {
  @Override
  RocketMQVersion version() {
    return RocketMQVersion.V5;
  }
}
