package dev.sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.rocketmq.remoting.TopicSpec.MessageType;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.rocketmq.client.apis.ClientException;
import org.apache.rocketmq.client.apis.consumer.ConsumeResult;
import org.apache.rocketmq.client.apis.consumer.FilterExpression;
import org.apache.rocketmq.client.apis.consumer.FilterExpressionType;
import org.apache.rocketmq.client.apis.consumer.MessageListener;
import org.apache.rocketmq.client.apis.consumer.PushConsumer;
import org.apache.rocketmq.client.apis.message.MessageView;
import org.apache.rocketmq.client.apis.producer.Producer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** On RocketMQ 5, whose groups say by themselves how they consume. */
class OfficialPushConsumerTest extends PushConsumerContract {

  @RegisterExtension static final SharedGateway SHARED = new SharedGateway();

  private static final PushConsumers CONSUMERS = new PushConsumers();

  @Override
  SharedGateway shared() {
    return SHARED;
  }

  @Override
  PushConsumers consumers() {
    return CONSUMERS;
  }

  @Override
  String newGroup() {
    return operator.newGroup("push", false, attempts() - 1, Duration.ofSeconds(1));
  }

  @Override
  int attempts() {
    return 3;
  }

  @AfterAll
  static void leave() {
    CONSUMERS.leave();
  }

  @Test
  void aGroupThatConsumesInOrderKeepsItUnderFailure() throws Exception {
    String topic = operator.newTopic("fifo", 4, MessageType.FIFO);
    String group = operator.newGroup("fifo", true, 2, Duration.ofSeconds(1));
    MessageListener listener =
        message -> {
          String body = OfficialSdk.body(message);
          seen.add(message.getMessageGroup().orElseThrow() + " " + body);
          return body.equals("3") && isIn(message, "failing")
              ? ConsumeResult.FAILURE
              : ConsumeResult.SUCCESS;
        };
    PushConsumer consumer = CONSUMERS.start(sdk, group, all(topic), listener);
    try (Producer producer = sdk.producer(topic)) {
      begins(begin -> producer.send(OfficialSdk.inGroup(topic, "first", begin)));

      for (int i = 0; i < 8; i++) {
        for (String messageGroup : List.of("failing", "working")) {
          producer.send(OfficialSdk.inGroup(topic, messageGroup, Integer.toString(i)));
        }
      }

      patiently(
          () -> {
            assertThat(bodiesOf("failing"))
                .containsExactly("0", "1", "2", "3", "3", "3", "4", "5", "6", "7");
            assertThat(bodiesOf("working")).containsExactly("0", "1", "2", "3", "4", "5", "6", "7");
          });
      patiently(() -> assertThat(operator.read("%DLQ%" + group)).containsExactly("3"));
      assertThat(consumer.getSubscriptionExpressions()).containsKey(topic);
    }
  }

  private static boolean isIn(MessageView message, String messageGroup) {
    return message.getMessageGroup().orElseThrow().equals(messageGroup);
  }

  private List<String> bodiesOf(String messageGroup) {
    return seen.stream()
        .filter(each -> each.startsWith(messageGroup + " "))
        .map(each -> each.substring(messageGroup.length() + 1))
        .toList();
  }

  @Test
  void filtersAndTopicsThatComeLaterAreServedWithoutStartingAnew() throws Exception {
    String tagged = operator.newTopic("tagged", 2, MessageType.NORMAL);
    String conditions = operator.newTopic("conditions", 2, MessageType.NORMAL);
    String later = tagged + "-later";
    var sql = new FilterExpression("size > 5 AND colour = 'blue'", FilterExpressionType.SQL92);
    MessageListener listener =
        message -> {
          seen.add(OfficialSdk.body(message));
          return ConsumeResult.SUCCESS;
        };
    PushConsumer consumer =
        CONSUMERS.start(
            sdk,
            operator.newGroup("filters", false, 2),
            Map.of(tagged, new FilterExpression("a||b"), conditions, sql),
            listener);

    // given a topic that is not there yet
    ClientException missing = null;
    try {
      consumer.subscribe(later, FilterExpression.SUB_ALL);
    } catch (ClientException e) {
      missing = e;
    }
    assertThat(missing).isNotNull();
    try (Producer producer = sdk.producer(tagged, conditions)) {
      begins(begin -> producer.send(tagged(tagged, "a", begin)));
      begins(begin -> producer.send(sized(conditions, begin, 9, "blue")));

      // when
      for (String tag : List.of("a", "b", "c", "A")) {
        producer.send(tagged(tagged, tag, "tag-" + tag));
      }
      producer.send(sized(conditions, "small", 5, "blue"));
      producer.send(sized(conditions, "red", 6, "red"));
      producer.send(sized(conditions, "right", 6, "blue"));
      operator.makeTopic(later, 2, MessageType.NORMAL);
      consumer.subscribe(later, FilterExpression.SUB_ALL);
      try (Producer ofLater = sdk.producer(later)) {
        begins(ofLater, later);
      }

      // then
      patiently(() -> assertThat(seen).contains("tag-a", "tag-b", "right"));
      assertThat(seen).doesNotContain("tag-c", "tag-A", "small", "red");
    }
  }

  private static org.apache.rocketmq.client.apis.message.Message tagged(
      String topic, String tag, String body) {
    return OfficialSdk.message(topic, body).setTag(tag).build();
  }

  private static org.apache.rocketmq.client.apis.message.Message sized(
      String topic, String body, int size, String colour) {
    return OfficialSdk.message(topic, body)
        .addProperty("size", Integer.toString(size))
        .addProperty("colour", colour)
        .build();
  }
}
