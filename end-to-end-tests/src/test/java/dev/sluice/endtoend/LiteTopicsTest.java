package dev.sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.rocketmq.remoting.TopicSpec.MessageType;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.apache.rocketmq.client.apis.ClientException;
import org.apache.rocketmq.client.apis.consumer.ConsumeResult;
import org.apache.rocketmq.client.apis.consumer.LitePushConsumer;
import org.apache.rocketmq.client.apis.consumer.MessageListener;
import org.apache.rocketmq.client.apis.consumer.OffsetOption;
import org.apache.rocketmq.client.apis.message.Message;
import org.apache.rocketmq.client.apis.message.MessageView;
import org.apache.rocketmq.client.apis.producer.Producer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Lite topics, with the official Java SDK before a real broker that has them. */
@Execution(ExecutionMode.CONCURRENT)
class LiteTopicsTest {

  @RegisterExtension static final SharedGateway SHARED = new SharedGateway();

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final PushConsumers CONSUMERS = new PushConsumers();

  private static RemotingClients remoting;
  private static RemotingClients.Administrator admin;

  @BeforeAll
  static void startTheTools() throws IOException {
    remoting = RemotingClients.before(SHARED.gateway().upstream());
    admin = remoting.administrator();
  }

  @AfterAll
  static void stopTheTools() throws IOException {
    CONSUMERS.leave();
    admin.close();
    remoting.close();
  }

  private static String topic(String name) {
    return SHARED.operator().newTopic(name, 4, MessageType.LITE);
  }

  private static String group(String topic, String... attributes) {
    String group = "of-" + topic;
    admin.liteGroup(SHARED.operator().brokerAddress(), group, topic, 16, attributes);
    return group;
  }

  private static OfficialSdk sdk() {
    return new OfficialSdk(SHARED.gateway().grpc());
  }

  private static LitePushConsumer consumer(String group, String topic, MessageListener listener)
      throws ClientException {
    return CONSUMERS.keep(sdk().lite(group, topic, listener));
  }

  private static Message message(String topic, String liteTopic, String body) {
    return OfficialSdk.message(topic, body).setLiteTopic(liteTopic).build();
  }

  private static String shown(MessageView message) {
    return message.getLiteTopic().orElse("none") + ' ' + OfficialSdk.body(message);
  }

  @Test
  void eachConsumerGetsTheLiteTopicsThatItSubscribesToInTheirOrder() throws Exception {
    String topic = topic("lite");
    String group = group(topic);
    Queue<String> one = new ConcurrentLinkedQueue<>();
    Queue<String> two = new ConcurrentLinkedQueue<>();
    LitePushConsumer first = consumer(group, topic, kept(one));
    LitePushConsumer second = consumer(group, topic, kept(two));
    try (Producer producer = sdk().producer(topic)) {
      first.subscribeLite("a", OffsetOption.MIN_OFFSET);
      first.subscribeLite("b", OffsetOption.MIN_OFFSET);
      second.subscribeLite("c", OffsetOption.MIN_OFFSET);

      for (int i = 0; i < 10; i++) {
        producer.send(message(topic, "a", Integer.toString(i)));
        producer.send(message(topic, "c", Integer.toString(i)));
        producer.send(message(topic, "nobody", Integer.toString(i)));
      }

      await().atMost(PATIENCE).until(() -> one.size() >= 10 && two.size() >= 10);
      assertThat(one).containsExactlyElementsOf(numbered("a"));
      assertThat(two).containsExactlyElementsOf(numbered("c"));
      assertThat(first.getLiteTopicSet()).containsExactlyInAnyOrder("a", "b");

      // What it does not subscribe to any more it does not get.
      first.unsubscribeLite("a");
      producer.send(message(topic, "a", "afterwards"));
      producer.send(message(topic, "b", "still"));
      await().atMost(PATIENCE).until(() -> one.contains("b still"));
      assertThat(one).doesNotContain("a afterwards");
    }
  }

  @Test
  void whatFailsComesAgainBeforeWhatIsBehindIt() throws Exception {
    String topic = topic("failing");
    String group = group(topic);
    admin.liteGroup(SHARED.operator().brokerAddress(), group, topic, 1);
    Queue<String> tried = new ConcurrentLinkedQueue<>();
    MessageListener listener =
        message -> {
          tried.add(message.getDeliveryAttempt() + " " + shown(message));
          boolean fails =
              switch (OfficialSdk.body(message)) {
                case "fails once" -> message.getDeliveryAttempt() == 1;
                case "fails always" -> true;
                default -> false;
              };
          return fails ? ConsumeResult.FAILURE : ConsumeResult.SUCCESS;
        };
    LitePushConsumer consumer = consumer(group, topic, listener);
    try (Producer producer = sdk().producer(topic)) {
      producer.send(message(topic, "a", "fails once"));
      producer.send(message(topic, "a", "fails always"));
      producer.send(message(topic, "a", "behind"));
      consumer.subscribeLite("a", OffsetOption.MIN_OFFSET);

      await().atMost(PATIENCE).until(() -> tried.contains("1 a behind"));
      assertThat(tried.stream().distinct())
          .containsExactly(
              "1 a fails once",
              "2 a fails once",
              "1 a fails always",
              "2 a fails always",
              "1 a behind");
      await()
          .atMost(PATIENCE)
          .until(() -> SHARED.operator().read("%DLQ%" + group).equals(List.of("fails always")));
    }
  }

  @Test
  void whatCannotBeIsToldAsWhatItIs() throws Exception {
    String topic = topic("refusing");
    String group = group(topic, "lite.sub.client.quota", "1");
    String plain = SHARED.operator().newTopic("plain", 1, MessageType.NORMAL);
    LitePushConsumer consumer = consumer(group, topic, message -> ConsumeResult.SUCCESS);
    try (Producer producer = sdk().producer(topic, plain)) {
      consumer.subscribeLite("a");

      assertThatThrownBy(() -> consumer.subscribeLite("b"))
          .isInstanceOf(ClientException.class)
          .hasMessageContaining("quota");
      assertThatThrownBy(() -> producer.send(message(plain, "a", "b")))
          .hasMessageContaining("LITE");
      assertThatThrownBy(() -> producer.send(message(topic, "no/lite/topic", "b")))
          .hasMessageContaining("lite_topic: 'no/lite/topic'");
      assertThatThrownBy(() -> producer.send(OfficialSdk.message(topic, "b").build()))
          .hasMessageContaining("LITE");
      String other = topic("elsewhere");
      LitePushConsumer elsewhere = consumer(group, other, message -> ConsumeResult.SUCCESS);
      assertThatThrownBy(() -> elsewhere.subscribeLite("a"))
          .hasMessageContaining("is bound to the lite topics of " + topic);
    }
  }

  @Test
  void oneOfAnExclusiveGroupTakesALiteTopicFromAnother() throws Exception {
    String topic = topic("exclusive");
    String group = group(topic, "lite.sub.model", "Exclusive");
    Queue<String> one = new ConcurrentLinkedQueue<>();
    Queue<String> two = new ConcurrentLinkedQueue<>();
    LitePushConsumer first = consumer(group, topic, kept(one));
    LitePushConsumer second = consumer(group, topic, kept(two));
    try (Producer producer = sdk().producer(topic)) {
      first.subscribeLite("a");
      assertThat(first.getLiteTopicSet()).containsExactly("a");

      second.subscribeLite("a", OffsetOption.MIN_OFFSET);

      await().atMost(PATIENCE).until(() -> first.getLiteTopicSet().isEmpty());
      producer.send(message(topic, "a", "mine now"));
      await().atMost(PATIENCE).until(() -> two.contains("a mine now"));
      assertThat(one).isEmpty();
    }
  }

  private static MessageListener kept(Queue<String> shown) {
    return message -> {
      shown.add(shown(message));
      return ConsumeResult.SUCCESS;
    };
  }

  private static List<String> numbered(String liteTopic) {
    return IntStream.range(0, 10).mapToObj(i -> liteTopic + ' ' + i).toList();
  }
}
