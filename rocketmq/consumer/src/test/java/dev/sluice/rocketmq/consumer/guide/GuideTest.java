package dev.sluice.rocketmq.consumer.guide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.engines.RocketMQVersion;
import dev.sluice.engines.SharedEngine;
import dev.sluice.engines.TopicNames;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.rocketmq.client.ClientOptions;
import dev.sluice.rocketmq.client.Message;
import dev.sluice.rocketmq.consumer.PullConsumer;
import dev.sluice.rocketmq.consumer.PullConsumerOptions;
import dev.sluice.rocketmq.consumer.PushConsumer;
import dev.sluice.rocketmq.group.StartFrom;
import dev.sluice.rocketmq.producer.Producer;
import dev.sluice.rocketmq.producer.ProducerOptions;
import dev.sluice.rocketmq.producer.SendResult;
import dev.sluice.rocketmq.producer.SendStatus;
import dev.sluice.rocketmq.producer.TransactionOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The examples of docs/rocketmq-client.md do what the page says, on 4.9 and 5.x brokers. */
class GuideTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final String group = TopicNames.unique("guide-group");
  private final String topic = TopicNames.unique("guide");
  private final Queue<String> received = new ConcurrentLinkedQueue<>();

  private static ClientOptions client(RocketMQVersion version) {
    return GuideExamples.client(SharedEngine.of(version).nameServerAddress());
  }

  private static ConditionFactory await() {
    return Awaitility.await().atMost(PATIENCE);
  }

  private static CloseReport close(PushConsumer consumer) {
    return consumer.close(Deadline.after(PATIENCE));
  }

  @ParameterizedTest
  @EnumSource
  void whatTheProducerSendsTheConsumerReceives(RocketMQVersion version) {
    List<SendResult> sent = GuideExamples.send(client(version), group, topic);
    assertThat(sent).extracting(SendResult::status).containsOnly(SendStatus.OK);

    try (PushConsumer consumer = GuideExamples.consume(client(version), group, topic, received)) {
      await().until(() -> received.size() >= 2);
      assertThat(close(consumer).clean()).isTrue();
    }
    assertThat(received).containsExactlyInAnyOrder("two coffees", "one tea");
  }

  @ParameterizedTest
  @EnumSource
  void transactionsEndByTheirProducerOrByTheChecker(RocketMQVersion version) {
    Set<String> paid = ConcurrentHashMap.newKeySet();
    try (Producer producer = GuideExamples.payments(client(version), group, paid)) {
      assertThat(GuideExamples.pay(producer, topic, "order-17", paid).outcome())
          .isEqualTo(TransactionOutcome.COMMIT);
      paid.add("order-18");
      var unused =
          producer.beginTransaction(
              Message.builder(topic, "paid: order-18").tag("payments").key("order-18").build());
      try (PushConsumer consumer = GuideExamples.consume(client(version), group, topic, received)) {
        await().until(() -> received.size() >= 2);
        assertThat(close(consumer).clean()).isTrue();
      }
    }
    assertThat(received).containsExactlyInAnyOrder("paid: order-17", "paid: order-18");
  }

  @ParameterizedTest
  @EnumSource
  void messagesThatLeaveTogetherHaveTheirOwnResults(RocketMQVersion version) {
    List<Message> messages =
        IntStream.range(0, 100).mapToObj(i -> Message.builder(topic, "no " + i).build()).toList();

    try (Producer producer = GuideExamples.busy(client(version), group)) {
      assertThat(GuideExamples.sendAll(producer, messages))
          .extracting(SendResult::messageId)
          .hasSize(100)
          .doesNotHaveDuplicates();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aGroupIsMovedBack(RocketMQVersion version) {
    List<SendResult> unused = GuideExamples.send(client(version), group, topic);
    ClientOptions client = client(version);
    assertThat(GuideExamples.again(client, topic, group)).isEmpty();
    try (PushConsumer consumer = GuideExamples.consume(client, group, topic, received)) {
      await().until(() -> received.size() >= 2);
      assertThat(close(consumer).clean()).isTrue();
    }
    unused = GuideExamples.send(client, group, topic);

    await()
        .untilAsserted(
            () ->
                assertThat(GuideExamples.again(client, topic, group).values())
                    .isNotEmpty()
                    .allMatch(offset -> offset == 0));
  }

  @ParameterizedTest
  @EnumSource
  void messagesOfOneKeyAreConsumedInTheirOrder(RocketMQVersion version) {
    ProducerOptions options =
        ProducerOptions.builder(client(version), group).sendTimeout(PATIENCE).build();
    List<String> steps = List.of("ordered", "fragile and paid", "shipped");
    try (Producer producer = Producer.create(options)) {
      producer.start();
      GuideExamples.sendInOrder(producer, topic, "a", steps);
      GuideExamples.sendInOrder(producer, topic, "b", steps);
    }

    try (PushConsumer consumer =
        GuideExamples.consumeInOrder(client(version), group, topic, received)) {
      await().until(() -> received.size() >= 6);
      assertThat(close(consumer).clean()).isTrue();
    }
    for (String key : List.of("a", "b")) {
      assertThat(received.stream().filter(each -> each.startsWith(key)))
          .containsExactlyElementsOf(steps.stream().map(step -> key + ' ' + step).toList());
    }
  }

  @ParameterizedTest
  @EnumSource
  void failuresAreToldApartByTheirCategory(RocketMQVersion version) {
    Producer producer = GuideExamples.careful(client(version), group);
    Message message = Message.builder(topic, "m").build();
    Message impossible = Message.builder(topic, "m").property("p", "x".repeat(40_000)).build();

    assertThat(GuideExamples.sendOrTell(producer, message)).startsWith("stored in " + topic);
    assertThat(GuideExamples.sendOrTell(producer, impossible)).startsWith("never to be stored: ");
    producer.close();
    assertThat(GuideExamples.sendOrTell(producer, message)).startsWith("not stored: ");
  }

  @ParameterizedTest
  @EnumSource
  void whatIsAskedForIsConsumedAndReadAgain(RocketMQVersion version) {
    List<SendResult> sent = GuideExamples.send(client(version), group, topic);
    assertThat(sent).hasSize(2);

    assertThat(GuideExamples.pull(client(version), group, topic, 2))
        .containsExactlyInAnyOrder("two coffees", "one tea");
    assertThat(pullWithFutures(version)).containsExactlyInAnyOrder("two coffees", "one tea");
    assertThat(GuideExamples.replay(client(version), group, topic, Instant.EPOCH)).hasSize(2);
    if (version == RocketMQVersion.V5) {
      assertThat(GuideExamples.pop(client(version), group + "-pop", topic, 2))
          .containsExactlyInAnyOrder("two coffees", "one tea");
    }
  }

  private List<String> pullWithFutures(RocketMQVersion version) {
    PullConsumerOptions options =
        PullConsumerOptions.builder(client(version), group + "-async")
            .subscribe(topic)
            .startFrom(StartFrom.first())
            .build();
    try (PullConsumer consumer = PullConsumer.create(options)) {
      consumer.start();
      return GuideExamples.pullAsync(consumer, new ArrayList<>(), 2).join();
    }
  }
}
