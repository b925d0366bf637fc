package dev.sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.engines.TopicNames;
import dev.sluice.rocketmq.remoting.TopicSpec.MessageType;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.apache.rocketmq.client.apis.consumer.ConsumeResult;
import org.apache.rocketmq.client.apis.consumer.FilterExpression;
import org.apache.rocketmq.client.apis.consumer.MessageListener;
import org.apache.rocketmq.client.apis.consumer.PushConsumer;
import org.apache.rocketmq.client.apis.producer.Producer;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The official Java SDK's push consumer, which also gives up by itself what fails too often. */
abstract class PushConsumerContract {

  static final Duration PATIENCE = Duration.ofSeconds(90);

  final Queue<String> seen = new ConcurrentLinkedQueue<>();
  OfficialSdk sdk;
  Operator operator;

  abstract SharedGateway shared();

  /** Those that leave when the class ends. */
  abstract PushConsumers consumers();

  /** A group whose messages are dead letters after so many {@link #attempts}. */
  abstract String newGroup();

  abstract int attempts();

  @BeforeEach
  void beforeTheSharedGateway() {
    sdk = new OfficialSdk(shared().gateway().grpc());
    operator = shared().operator();
  }

  @Test
  void eachMessageIsConsumedAndWhatFailsComesAgainUntilItIsADeadLetter() throws Exception {
    String topic = operator.newTopic("push", 4, MessageType.NORMAL);
    String group = newGroup();
    MessageListener listener =
        message -> {
          seen.add(OfficialSdk.body(message) + " " + message.getDeliveryAttempt());
          return OfficialSdk.body(message).startsWith("poison")
              ? ConsumeResult.FAILURE
              : ConsumeResult.SUCCESS;
        };
    PushConsumer consumer = consumers().start(sdk, group, all(topic), listener);
    try (Producer producer = sdk.producer(topic)) {
      begins(producer, topic);

      for (int i = 0; i < 20; i++) {
        producer.send(OfficialSdk.message(topic, "m" + i).build());
      }
      producer.send(OfficialSdk.message(topic, "poison").build());

      patiently(() -> assertThat(operator.read("%DLQ%" + group)).containsExactly("poison"));
      List<String> all = IntStream.range(0, 20).mapToObj(i -> "m" + i + " 1").toList();
      patiently(() -> assertThat(seen).containsAll(all));
      assertThat(seen.stream().filter(each -> each.startsWith("poison")))
          .containsExactlyElementsOf(
              IntStream.rangeClosed(1, attempts()).mapToObj(i -> "poison " + i).toList());
      assertThat(consumer.getConsumerGroup()).isEqualTo(group);
    }
  }

  static Map<String, FilterExpression> all(String topic) {
    return Map.of(topic, FilterExpression.SUB_ALL);
  }

  final void begins(Producer producer, String topic) {
    begins(begin -> producer.send(OfficialSdk.message(topic, begin).build()));
  }

  /** A new group begins with its first receive, which a push consumer makes when it likes. */
  final void begins(Send send) {
    // Of its own: those of other topics may come late.
    String begin = TopicNames.unique("begin");
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(500))
        .until(
            () -> {
              send.run(begin);
              return seen.stream().anyMatch(each -> each.contains(begin));
            });
    seen.removeIf(each -> each.contains(begin));
  }

  static void patiently(ThrowingRunnable assertion) {
    await().atMost(PATIENCE).untilAsserted(assertion);
  }

  interface Send {
    void run(String body) throws Exception;
  }
}
