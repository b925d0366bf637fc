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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The official Java SDK's simple consumer beyond receiving and acknowledging, on each version. */
abstract class SimpleConsumerContract {

  static final Duration PATIENCE = Duration.ofSeconds(90);
  static final Duration HIDDEN = Duration.ofSeconds(30);

  OfficialSdk sdk;
  Operator operator;

  abstract SharedGateway shared();

  /** One that consumes in order, and has not been there before. */
  abstract String orderedGroup();

  @BeforeEach
  void beforeTheSharedGateway() {
    sdk = new OfficialSdk(shared().gateway().grpc());
    operator = shared().operator();
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
    try (SimpleConsumer consumer = simple(orderedGroup(), topic, FilterExpression.SUB_ALL);
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

  final SimpleConsumer simple(String group, String topic, FilterExpression filter)
      throws ClientException {
    return sdk.simple(group, Duration.ofSeconds(2), Map.of(topic, filter));
  }

  /** What is sent from now on reaches the group. */
  static void begin(SimpleConsumer consumer) throws ClientException {
    assertThat(consumer.receive(1, HIDDEN)).isEmpty();
  }

  static MessageView receiveOne(SimpleConsumer consumer) throws ClientException {
    Deadline deadline = Deadline.after(PATIENCE);
    while (!deadline.isPast()) {
      List<MessageView> messages = consumer.receive(1, HIDDEN);
      if (!messages.isEmpty()) {
        return messages.getFirst();
      }
    }
    throw new AssertionError("no message within " + PATIENCE);
  }

  static List<String> receive(SimpleConsumer consumer, int count) throws ClientException {
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
