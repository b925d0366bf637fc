package dev.sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.lifecycle.Deadline;
import dev.sluice.rocketmq.remoting.TopicSpec.MessageType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.apache.rocketmq.client.apis.ClientException;
import org.apache.rocketmq.client.apis.consumer.FilterExpression;
import org.apache.rocketmq.client.apis.consumer.FilterExpressionType;
import org.apache.rocketmq.client.apis.consumer.SimpleConsumer;
import org.apache.rocketmq.client.apis.message.MessageView;
import org.apache.rocketmq.client.apis.producer.Producer;
import org.apache.rocketmq.client.apis.producer.RecallReceipt;
import org.apache.rocketmq.client.apis.producer.SendReceipt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The official Java SDK's simple consumer beyond receiving and acknowledging. */
class OfficialSimpleConsumerTest {

  @RegisterExtension static final SharedGateway SHARED = new SharedGateway();

  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Duration HIDDEN = Duration.ofSeconds(30);

  private OfficialSdk sdk;
  private Operator operator;

  @BeforeEach
  void beforeTheSharedGateway() {
    sdk = new OfficialSdk(SHARED.gateway().grpc());
    operator = SHARED.operator();
  }

  @Test
  void whenAMessageComesAgainIsTheConsumersToSay() throws Exception {
    String topic = operator.newTopic("invisible", 1, MessageType.NORMAL);
    String group = operator.newGroup("invisible", false, 2);
    try (SimpleConsumer consumer = simple(group, topic, FilterExpression.SUB_ALL);
        Producer producer = sdk.producer(topic)) {
      begin(consumer);
      producer.send(OfficialSdk.message(topic, "a").build());
      MessageView first = receiveOne(consumer);
      assertThat(first.getDeliveryAttempt()).isEqualTo(1);

      consumer.changeInvisibleDuration(first, Duration.ofSeconds(1));
      MessageView second = receiveOne(consumer);
      consumer.changeInvisibleDuration(second, Duration.ofMinutes(5));
      consumer.ack(second);

      assertThat(second.getMessageId()).isEqualTo(first.getMessageId());
      assertThat(second.getDeliveryAttempt()).isEqualTo(2);
      assertThatThrownBy(() -> consumer.ack(first)).isInstanceOf(ClientException.class);
      assertThat(consumer.receive(1, HIDDEN)).isEmpty();
    }
  }

  @Test
  void whatIsRecalledDoesNotComeAndIsNotRecalledTwice() throws Exception {
    String topic = operator.newTopic("recall", 1, MessageType.DELAY);
    String group = operator.newGroup("recall", false, 2);
    try (SimpleConsumer consumer = simple(group, topic, FilterExpression.SUB_ALL);
        Producer producer = sdk.producer(topic)) {
      begin(consumer);
      long due = System.currentTimeMillis() + 6_000;
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

  @Test
  void aConditionOverPropertiesDecides() throws Exception {
    String topic = operator.newTopic("sql", 2, MessageType.NORMAL);
    var condition = new FilterExpression("size BETWEEN 3 AND 5", FilterExpressionType.SQL92);
    try (SimpleConsumer consumer = simple(operator.newGroup("sql", false, 2), topic, condition);
        Producer producer = sdk.producer(topic)) {
      begin(consumer);

      for (int size = 0; size < 10; size++) {
        producer.send(
            OfficialSdk.message(topic, "size-" + size)
                .addProperty("size", Integer.toString(size))
                .build());
      }

      assertThat(receive(consumer, 3)).containsExactlyInAnyOrder("size-3", "size-4", "size-5");
      assertThat(consumer.receive(16, HIDDEN)).isEmpty();
    }
  }

  @Test
  void aConditionThatDoesNotParseIsRefusedAsThat() throws Exception {
    String topic = operator.newTopic("broken", 1, MessageType.NORMAL);
    var broken = new FilterExpression("size >", FilterExpressionType.SQL92);
    try (SimpleConsumer consumer = simple(operator.newGroup("broken", false, 2), topic, broken)) {
      assertThatThrownBy(() -> consumer.receive(1, HIDDEN)).hasMessageContaining("40010");
    }
  }

  @Test
  void noneOfSeveralTopicsStarves() throws Exception {
    List<String> topics =
        IntStream.range(0, 3)
            .mapToObj(i -> operator.newTopic("one-of-three", 4, MessageType.NORMAL))
            .toList();
    var filters = new HashMap<String, FilterExpression>();
    topics.forEach(topic -> filters.put(topic, FilterExpression.SUB_ALL));
    // given a consumer that hardly waits, so that each of its receives must find what there is
    try (SimpleConsumer consumer =
            sdk.simple(operator.newGroup("several", false, 2), Duration.ofMillis(300), filters);
        Producer producer = sdk.producer(topics.toArray(String[]::new))) {
      for (int i = 0; i < topics.size(); i++) {
        begin(consumer);
      }

      var sent = new TreeSet<String>();
      for (int i = 0; i < 30; i++) {
        String topic = topics.get(i % topics.size());
        producer.send(OfficialSdk.message(topic, "m" + i).build());
        sent.add("m" + i);
      }

      assertThat(receive(consumer, 30)).containsExactlyInAnyOrderElementsOf(sent);
    }
  }

  @Test
  void aGroupThatConsumesInOrderGetsNoMoreOfAMessageGroupThatIsHeld() throws Exception {
    String topic = operator.newTopic("ordered", 2, MessageType.FIFO);
    try (SimpleConsumer consumer =
            simple(operator.newGroup("ordered", true, 2), topic, FilterExpression.SUB_ALL);
        Producer producer = sdk.producer(topic)) {
      begin(consumer);
      for (int i = 0; i < 3; i++) {
        producer.send(OfficialSdk.inGroup(topic, "customer-7", "m" + i));
      }

      var bodies = new ArrayList<String>();
      for (int i = 0; i < 3; i++) {
        MessageView next = receiveOne(consumer);
        bodies.add(OfficialSdk.body(next));
        assertThat(consumer.receive(1, HIDDEN)).as("while %s is held", bodies).isEmpty();
        consumer.ack(next);
      }

      assertThat(bodies).containsExactly("m0", "m1", "m2");
    }
  }

  private SimpleConsumer simple(String group, String topic, FilterExpression filter)
      throws ClientException {
    return sdk.simple(group, Duration.ofSeconds(2), Map.of(topic, filter));
  }

  /** What is sent from now on reaches the group. */
  private static void begin(SimpleConsumer consumer) throws ClientException {
    assertThat(consumer.receive(1, HIDDEN)).isEmpty();
  }

  private static MessageView receiveOne(SimpleConsumer consumer) throws ClientException {
    Deadline deadline = Deadline.after(PATIENCE);
    while (!deadline.isPast()) {
      List<MessageView> messages = consumer.receive(1, HIDDEN);
      if (!messages.isEmpty()) {
        return messages.getFirst();
      }
    }
    throw new AssertionError("no message within " + PATIENCE);
  }

  private static List<String> receive(SimpleConsumer consumer, int count) throws ClientException {
    var bodies = new ArrayList<String>();
    Deadline deadline = Deadline.after(PATIENCE);
    while (bodies.size() < count && !deadline.isPast()) {
      for (MessageView message : consumer.receive(16, HIDDEN)) {
        bodies.add(OfficialSdk.body(message));
        consumer.ack(message);
      }
    }
    return bodies;
  }
}
