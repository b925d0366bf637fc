package dev.sluice.endtoend;

import dev.sluice.engines.RocketMQVersion;

class OrderedConsumersOn4Test extends OrderedConsumersContract {
  OrderedConsumersOn4Test() {
    super(RocketMQVersion.V4);
  }
}
