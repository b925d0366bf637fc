package dev.sluice.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.engines.SharedEngine;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.rocketmq.client.apis.ClientConfiguration;
import org.apache.rocketmq.client.apis.ClientServiceProvider;
import org.apache.rocketmq.client.apis.consumer.FilterExpression;
import org.apache.rocketmq.client.apis.consumer.SimpleConsumer;
import org.apache.rocketmq.client.apis.message.MessageView;
import org.apache.rocketmq.client.apis.producer.Producer;
import org.apache.rocketmq.client.apis.producer.SendReceipt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The official Java SDK of RocketMQ 5, through the second frontend. */
class OfficialJavaSdkTest {

  @TempDir Path data;

  @Test
  void sendsAndItsSimpleConsumerReceivesAndAcknowledges() throws Exception {
    ClientServiceProvider provider = ClientServiceProvider.loadService();
    String topic = "official-java-" + UUID.randomUUID();
    String nameServer = SharedEngine.rocketmq5().nameServerAddress();
    try (RunningGateway gateway = RunningGateway.before(nameServer, data)) {
      // given
      try (Child create = Child.sluice("topic", "create", topic, "--upstream", nameServer)) {
        assertThat(create.awaitExit(Duration.ofSeconds(90)))
            .as(create.output().toString())
            .isZero();
      }
      ClientConfiguration configuration =
          ClientConfiguration.newBuilder()
              .setEndpoints(gateway.grpc())
              .setRequestTimeout(OfficialSdk.REQUEST_TIMEOUT)
              .enableSsl(false)
              .build();
      try (SimpleConsumer consumer =
              provider
                  .newSimpleConsumerBuilder()
                  .setClientConfiguration(configuration)
                  .setConsumerGroup("official-" + UUID.randomUUID())
                  .setAwaitDuration(Duration.ofSeconds(5))
                  .setSubscriptionExpressions(Map.of(topic, new FilterExpression("blue||green")))
                  .build();
          Producer producer =
              provider
                  .newProducerBuilder()
                  .setClientConfiguration(configuration)
                  .setTopics(topic)
                  .build()) {
        assertThat(consumer.receive(1, Duration.ofSeconds(10))).isEmpty();

        // when
        Map<String, String> sent = new HashMap<>();
        for (int i = 0; i < 20; i++) {
          SendReceipt receipt =
              producer.send(
                  provider
                      .newMessageBuilder()
                      .setTopic(topic)
                      .setTag(i % 2 == 0 ? "blue" : "red")
                      .setKeys("key-" + i)
                      .addProperty("number", Integer.toString(i))
                      .setBody(("body-" + i).getBytes(UTF_8))
                      .build());
          if (i % 2 == 0) {
            sent.put(receipt.getMessageId().toString(), "body-" + i);
          }
        }

        // then
        Map<String, String> received = new HashMap<>();
        long giveUp = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (received.size() < sent.size() && System.nanoTime() < giveUp) {
          List<MessageView> messages = consumer.receive(16, Duration.ofSeconds(20));
          for (MessageView message : messages) {
            received.put(
                message.getMessageId().toString(), UTF_8.decode(message.getBody()).toString());
            assertThat(message.getTag()).hasValue("blue");
            assertThat(message.getDeliveryAttempt()).isEqualTo(1);
            assertThat(message.getProperties()).containsKey("number");
            consumer.ack(message);
          }
        }
        assertThat(received).isEqualTo(sent);
      }
      gateway.endsCleanly();
    }
  }
}
