package dev.sluice.rocketmq.consumer;

import dev.sluice.rocketmq.client.FilterExpression;
import dev.sluice.rocketmq.remoting.Broker;

/**
 * Where messages may come from.
 *
 * @param topic as brokers know it
 * @param wanted which of them
 */
record PopSource(String topic, FilterExpression wanted, Broker broker) {
  @Override
  public String toString() {
    return topic + '@' + broker.name();
  }
}
