package dev.sluice.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.engines.SharedEngine;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.rocketmq.client.apis.ClientConfiguration;
import org.apache.rocketmq.client.apis.ClientServiceProvider;
import org.apache.rocketmq.client.apis.consumer.ConsumeResult;
import org.apache.rocketmq.client.apis.consumer.FilterExpression;
import org.apache.rocketmq.client.apis.consumer.PushConsumer;
import org.apache.rocketmq.client.apis.message.MessageBuilder;
import org.apache.rocketmq.client.apis.message.MessageView;
import org.apache.rocketmq.client.apis.producer.Producer;
import org.apache.rocketmq.client.apis.producer.Transaction;
import org.apache.rocketmq.client.apis.producer.TransactionResolution;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the official Java SDK's push consumer and producer do, before a real broker. */
class OfficialSdkKindsTest {

  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private final ClientServiceProvider provider = ClientServiceProvider.loadService();
  private final Queue<String> received = new ConcurrentLinkedQueue<>();

  @TempDir Path data;

  @Test
  void pushConsumerGetsWhatItFailedOnAgainAndTransactionsOnceCommitted() throws Exception {
    String plain = "push-" + UUID.randomUUID();
    String transactional = "transactions-" + UUID.randomUUID();
    String nameServer = SharedEngine.rocketmq5().nameServerAddress();
    try (RunningGateway gateway = RunningGateway.before(nameServer, data)) {
      // given
      create(nameServer, plain, "normal");
      create(nameServer, transactional, "transaction");
      ClientConfiguration configuration =
          ClientConfiguration.newBuilder()
              .setEndpoints(gateway.grpc())
              .setRequestTimeout(OfficialSdk.REQUEST_TIMEOUT)
              .enableSsl(false)
              .build();
      try (PushConsumer _ = consumer(configuration, plain, transactional);
          Producer producer = producer(configuration, plain, transactional)) {
        // A new group begins at the end of its topics: the first that arrives tells that it has.
        await()
            .atMost(PATIENCE)
            .pollInterval(Duration.ofMillis(500))
            .until(
                () -> {
                  producer.send(message(plain).setBody("here".getBytes(UTF_8)).build());
                  Transaction asking = producer.beginTransaction();
                  producer.send(
                      message(transactional).setBody("there".getBytes(UTF_8)).build(), asking);
                  asking.commit();
                  return received.containsAll(List.of("1 here", "1 there"));
                });

        // when
        producer.send(message(plain).setBody("fails once".getBytes(UTF_8)).build());
        Transaction rolledBack = producer.beginTransaction();
        producer.send(
            message(transactional).setBody("rolled back".getBytes(UTF_8)).build(), rolledBack);
        rolledBack.rollback();
        Transaction kept = producer.beginTransaction();
        producer.send(message(transactional).setBody("committed".getBytes(UTF_8)).build(), kept);
        kept.commit();

        // then
        await()
            .atMost(PATIENCE)
            .untilAsserted(
                () -> assertThat(received).contains("1 fails once", "2 fails once", "1 committed"));
        assertThat(received).noneMatch(body -> body.endsWith("rolled back"));
        // Before the consumer leaves, which would wait for the end of its long polls.
        gateway.endsCleanly();
      }
    }
  }

  private PushConsumer consumer(ClientConfiguration configuration, String... topics)
      throws Exception {
    return provider
        .newPushConsumerBuilder()
        .setClientConfiguration(configuration)
        .setConsumerGroup("push-" + UUID.randomUUID())
        .setSubscriptionExpressions(
            Map.of(topics[0], FilterExpression.SUB_ALL, topics[1], FilterExpression.SUB_ALL))
        .setConsumptionThreadCount(2)
        .setMessageListener(this::consume)
        .build();
  }

  private ConsumeResult consume(MessageView message) {
    String body = UTF_8.decode(message.getBody()).toString();
    received.add(message.getDeliveryAttempt() + " " + body);
    return body.equals("fails once") && message.getDeliveryAttempt() == 1
        ? ConsumeResult.FAILURE
        : ConsumeResult.SUCCESS;
  }

  private Producer producer(ClientConfiguration configuration, String... topics) throws Exception {
    return provider
        .newProducerBuilder()
        .setClientConfiguration(configuration)
        .setTopics(topics)
        .setTransactionChecker(message -> TransactionResolution.COMMIT)
        .build();
  }

  private MessageBuilder message(String topic) {
    return provider.newMessageBuilder().setTopic(topic);
  }

  private static void create(String nameServer, String topic, String kind) throws Exception {
    try (Child create =
        Child.sluice("topic", "create", topic, "--kind", kind, "--upstream", nameServer)) {
      assertThat(create.awaitExit(Duration.ofSeconds(90))).as(create.output().toString()).isZero();
    }
  }
}
