package dev.sluice.rocketmq.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.engines.RocketMQVersion;
import dev.sluice.rocketmq.client.Message;
import dev.sluice.rocketmq.client.RocketMQException;
import dev.sluice.rocketmq.client.RocketMQException.Category;
import java.time.Instant;
import java.util.List;
import org.apache.rocketmq.common.message.MessageExt;
import org.junit.jupiter.api.Test;

class Producer5Test extends ProducerContract {
  @Override
  RocketMQVersion version() {
    return RocketMQVersion.V5;
  }

  @Test
  void aDeliveryTimeHoldsTheMessageBackUnlessItIsRecalled() throws Exception {
    String topic = cluster.newTopic(1);
    Producer producer = cluster.producer();
    Instant soon = Instant.now().plusSeconds(10);

    SendResult recalled = producer.send(Message.builder(topic, "recalled").deliverAt(soon).build());
    SendResult kept =
        producer.send(Message.builder(topic, "kept").deliverAt(soon.plusMillis(500)).build());
    String id = producer.recall(topic, recalled.recallHandle().orElseThrow());

    assertThat(id).isEqualTo(recalled.messageId());
    try (OfficialReader reader = official(topic)) {
      MessageExt read = reader.only();
      assertThat(text(read)).isEqualTo("kept");
      assertThat(read.getMsgId()).isEqualTo(kept.messageId());
      // Brokers deliver to the second.
      assertThat(read.getStoreTimestamp()).isGreaterThan(soon.minusSeconds(2).toEpochMilli());
    }
  }

  @Test
  void whatIsNoRecallHandleIsRefused() {
    RocketMQException failure =
        catchThrowableOfType(
            RocketMQException.class, () -> cluster.producer().recall("topic", "no handle"));

    assertThat(failure.category()).isEqualTo(Category.INVALID_ARGUMENT);
    assertThat(failure).hasMessageContaining("recall handle: \"no handle\"");
  }

  @Test
  void whatIsDelayedIsNotForABatch() {
    Message delayed = Message.builder("topic", "m").delayLevel(1).build();

    RocketMQException failure =
        catchThrowableOfType(
            RocketMQException.class, () -> cluster.producer().sendBatch(List.of(delayed)));

    assertThat(failure.category()).isEqualTo(Category.INVALID_ARGUMENT);
    assertThat(failure).hasMessageContaining("no delay");
  }
}
