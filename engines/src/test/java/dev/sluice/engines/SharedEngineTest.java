package dev.sluice.engines;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SharedEngineTest {
  @Test
  void isTheSameForEveryoneAndTakesMessages() throws Exception {
    SharedEngine engine = SharedEngine.rocketmq5();
    assertThat(SharedEngine.rocketmq5()).isEqualTo(engine);
    String topic = TopicNames.unique("shared");
    new BrokerRequests(engine.brokerAddress()).send(topic, "body");
    new BrokerRequests(engine.brokerAddress()).awaitMaxOffset(topic, 1);
  }
}
