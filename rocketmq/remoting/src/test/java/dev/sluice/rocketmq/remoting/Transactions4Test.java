package dev.sluice.rocketmq.remoting;

import dev.sluice.engines.RocketMQVersion;

class Transactions4Test extends TransactionsContract {
  Transactions4Test() {
    super(RocketMQVersion.V4);
  }
}
