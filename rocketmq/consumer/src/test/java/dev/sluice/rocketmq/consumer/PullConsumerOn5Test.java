package dev.sluice.rocketmq.consumer;

import dev.sluice.engines.SharedEngine;
import org.apache.rocketmq.client.exception.MQClientException;

class PullConsumerOn5Test extends PullConsumerContract {
  @Override
  SharedEngine engine() {
    return SharedEngine.rocketmq5();
  }

  @Override
  OfficialMember official(String topic) throws MQClientException {
    return OfficialMember.pulling(fixture, topic);
  }
}
