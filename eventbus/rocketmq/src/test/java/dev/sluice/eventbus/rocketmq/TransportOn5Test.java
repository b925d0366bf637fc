package dev.sluice.eventbus.rocketmq;

import dev.sluice.engines.RocketMQVersion;

/** {@link TransportContract} on brokers of 5.x. */
class TransportOn5Test extends TransportContract {
  @Override
  RocketMQVersion version() {
    return RocketMQVersion.V5;
  }
}
