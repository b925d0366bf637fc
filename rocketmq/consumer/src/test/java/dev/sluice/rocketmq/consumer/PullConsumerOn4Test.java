package dev.sluice.rocketmq.consumer;

import dev.sluice.engines.SharedEngine;
import org.apache.rocketmq.client.exception.MQClientException;

class PullConsumerOn4Test extends PullConsumerContract {
  @Override
  SharedEngine engine() {
    return SharedEngine.rocketmq4();
  }

  /** The official pull consumer of 5.x makes requests that these brokers do not know. */
  @Override
  OfficialMember official(String topic) throws MQClientException {
    return OfficialMember.pushing(fixture, topic);
  }
}
