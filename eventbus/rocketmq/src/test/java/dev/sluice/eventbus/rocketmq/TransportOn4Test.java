package dev.sluice.eventbus.rocketmq;

import dev.sluice.engines.RocketMQVersion;

/** {@link TransportContract} on brokers of 4.x. */
class TransportOn4Test extends TransportContract {
  @Override
  RocketMQVersion version() {
    return RocketMQVersion.V4;
  }
}
