package dev.sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.rocketmq.remoting.TopicSpec.MessageType;
import org.apache.rocketmq.client.apis.ClientException;
import org.apache.rocketmq.client.apis.consumer.FilterExpression;
import org.apache.rocketmq.client.apis.consumer.SimpleConsumer;
import org.apache.rocketmq.client.apis.message.MessageView;
import org.apache.rocketmq.client.apis.producer.Producer;
import org.apache.rocketmq.client.apis.producer.RecallReceipt;
import org.apache.rocketmq.client.apis.producer.SendReceipt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** On RocketMQ 5, which can do more. */
class OfficialSimpleConsumerTest extends SimpleConsumerContract {

  @RegisterExtension static final SharedGateway SHARED = new SharedGateway();

  @Override
  SharedGateway shared() {
    return SHARED;
  }

  @Override
  String orderedGroup() {
    return operator.newGroup("ordered", true, 2);
  }

  @Test
  void whatIsRecalledDoesNotComeAndIsNotRecalledTwice() throws Exception {
    String topic = operator.newTopic("recall", 1, MessageType.DELAY);
    String group = operator.newGroup("recall", false, 2);
    try (SimpleConsumer consumer = simple(group, topic, FilterExpression.SUB_ALL);
        Producer producer = sdk.producer(topic)) {
      begin(consumer);
      long due = System.currentTimeMillis() + 12_000;
      SendReceipt recalled =
          producer.send(OfficialSdk.message(topic, "recalled").setDeliveryTimestamp(due).build());
      producer.send(OfficialSdk.message(topic, "kept").setDeliveryTimestamp(due + 2_000).build());

      RecallReceipt receipt = producer.recallMessage(topic, recalled.getRecallHandle());

      assertThat(receipt.getMessageId()).isEqualTo(recalled.getMessageId());
      assertThat(receive(consumer, 1)).containsExactly("kept");
      assertThatThrownBy(() -> producer.recallMessage(topic, recalled.getRecallHandle()))
          .isInstanceOf(ClientException.class);
    }
  }

  @Test
  void aPriorityArrivesWithItsMessage() throws Exception {
    String topic = operator.newTopic("priority", 2, MessageType.PRIORITY);
    String group = operator.newGroup("priority", false, 2);
    try (SimpleConsumer consumer = simple(group, topic, FilterExpression.SUB_ALL);
        Producer producer = sdk.producer(topic)) {
      begin(consumer);
      producer.send(OfficialSdk.message(topic, "urgent").setPriority(1).build());

      MessageView message = receiveOne(consumer);

      assertThat(OfficialSdk.body(message)).isEqualTo("urgent");
      assertThat(message.getPriority()).contains(1);
      consumer.ack(message);
    }
  }
}
