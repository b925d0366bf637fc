package dev.sluice.eventbus.rocketmq;

import dev.sluice.engines.RocketMQVersion;

/** {@link BusContract} on brokers of 4.x. */
class BusOn4Test extends BusContract {
  @Override
  RocketMQVersion version() {
    return RocketMQVersion.V4;
  }
}
