package dev.sluice.rocketmq.producer;

import dev.sluice.engines.RocketMQVersion;

class Transactions4Test extends TransactionsContract {
  @Override
  RocketMQVersion version() {
    return RocketMQVersion.V4;
  }
}
