package dev.sluice.eventbus.rocketmq;

import dev.sluice.engines.RocketMQVersion;

/** {@link BusContract} on brokers of 5.x. */
class BusOn5Test extends BusContract {
  @Override
  RocketMQVersion version() {
    return RocketMQVersion.V5;
  }
}
