package dev.sluice.engines;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SharedEngineTest {
  @ParameterizedTest
  @EnumSource
  void isTheSameForEveryoneAndTakesMessages(RocketMQVersion version) throws Exception {
    SharedEngine engine = SharedEngine.of(version);
    assertThat(version == RocketMQVersion.V4 ? SharedEngine.rocketmq4() : SharedEngine.rocketmq5())
        .isEqualTo(engine);
    String topic = TopicNames.unique("shared");
    new BrokerRequests(engine.brokerAddress()).send(topic, "body");
    new BrokerRequests(engine.brokerAddress()).awaitMaxOffset(topic, 1);
  }
}
