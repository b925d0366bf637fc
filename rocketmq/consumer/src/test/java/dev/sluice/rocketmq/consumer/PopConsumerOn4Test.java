package dev.sluice.rocketmq.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.engines.SharedEngine;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.rocketmq.client.RocketMQException;
import dev.sluice.rocketmq.client.RocketMQException.Category;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What 4.x brokers cannot do. */
class PopConsumerOn4Test {
  @Test
  void itIsSaidThatTheBrokerIsTooOld(Ledger ledger) {
    try (ConsumerFixture fixture = new ConsumerFixture(SharedEngine.rocketmq4(), ledger)) {
      String topic = fixture.newTopic(1);
      PopConsumer consumer = fixture.start(fixture.popping().subscribe(topic));

      RocketMQException refused =
          catchThrowableOfType(
              RocketMQException.class, () -> consumer.receive(1, Duration.ofSeconds(1)));

      assertThat(refused.category()).isEqualTo(Category.INVALID_ARGUMENT);
      assertThat(refused).hasMessageContaining("V4_9_7").hasMessageContaining("RocketMQ 5");
    }
  }

  @Test
  void itIsSaidWhatConsumesInOrderThere(Ledger ledger) {
    try (ConsumerFixture fixture = new ConsumerFixture(SharedEngine.rocketmq4(), ledger)) {
      String topic = fixture.newTopic(1);
      PopConsumer consumer = fixture.start(fixture.popping().subscribe(topic).ordered(true));

      RocketMQException refused =
          catchThrowableOfType(
              RocketMQException.class, () -> consumer.receive(1, Duration.ofSeconds(1)));

      assertThat(refused.category()).isEqualTo(Category.INVALID_ARGUMENT);
      assertThat(refused)
          .hasMessageContaining("V4_9_7")
          .hasMessageContaining("a push consumer with an ordered handler works there");
    }
  }
}
