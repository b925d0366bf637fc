package dev.sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.engines.SharedEngine;
import dev.sluice.engines.TopicNames;
import dev.sluice.gateway.proto.proxy.CleanupConsumerRequest;
import dev.sluice.gateway.proto.proxy.CleanupProducerRequest;
import dev.sluice.gateway.proto.proxy.CreateConsumerRequest;
import dev.sluice.gateway.proto.proxy.CreateProducerRequest;
import dev.sluice.gateway.proto.proxy.CreateProducerResponse;
import dev.sluice.gateway.proto.proxy.FailureCode;
import dev.sluice.gateway.proto.proxy.Message;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What callers name, at a gateway process before a real broker: endpoints, instances, sessions. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EndpointsTest {

  /** Nobody listens there. */
  private static final String NOWHERE = "127.0.0.1:1";

  private final String nameServer = SharedEngine.rocketmq5().nameServerAddress();
  private @Nullable RunningGateway gateway;
  private @Nullable Client client;

  @BeforeAll
  void start(@TempDir Path folder) throws IOException {
    gateway =
        RunningGateway.start(
            Map.of(
                "DATA_DIR", folder.toString(),
                "UPSTREAM", nameServer,
                "ALLOWED_ENDPOINTS", NOWHERE));
    client = Client.to(gateway.grpc());
  }

  @AfterAll
  void endsWithNothingOpen() throws InterruptedException {
    client().close();
    Objects.requireNonNull(gateway).endsCleanly();
  }

  private Client client() {
    return Objects.requireNonNull(client);
  }

  @Test
  void oneClusterHasManyNamesAndAnInstanceChangesNoneInIt() throws Exception {
    // given
    String topic = TopicNames.unique("names");
    String consumer =
        client()
            .consumer(
                CreateConsumerRequest.newBuilder()
                    .setTopic(topic)
                    .setGroupId(topic)
                    .setInstanceId("instance-of-consumers")
                    .build());
    Reader inbox = client().read(consumer);
    String port = nameServer.substring(nameServer.lastIndexOf(':'));
    List<String> names =
        List.of(
            "",
            "default",
            nameServer,
            "http://" + nameServer,
            "localhost" + port,
            NOWHERE + ";" + nameServer,
            "http://" + nameServer + ";http://" + NOWHERE);

    // when
    List<String> sent = new ArrayList<>();
    for (String name : names) {
      String producer =
          client()
              .producer(
                  CreateProducerRequest.newBuilder()
                      .setTopic(topic)
                      .setEndpoint(name)
                      .setInstanceId("instance-" + sent.size())
                      .build());
      sent.add(client().send(producer, "by '" + name + "'"));
    }

    // then
    assertThat(inbox.next(names.size()))
        .extracting(Message::getMessageId)
        .containsExactlyInAnyOrderElementsOf(sent);
  }

  @Test
  void anEndpointOfAnotherKindIsRefusedWithTheKindsThatThereAre() throws Exception {
    for (String endpoint : List.of("kafka://broker:9092", "nats://" + nameServer)) {
      CreateProducerResponse refused =
          client()
              .stub()
              .createProducer(
                  CreateProducerRequest.newBuilder().setTopic("t").setEndpoint(endpoint).build());

      assertThat(refused.getSuccess()).isFalse();
      assertThat(refused.getFailureCode()).isEqualTo(FailureCode.INVALID_ARGUMENT);
      assertThat(refused.getMessage())
          .isEqualTo(
              "endpoint: "
                  + endpoint.substring(0, endpoint.indexOf("//"))
                  + "// (expected: one of rocketmq://)");
    }
  }

  @Test
  void whatIsCleanedUpIsCountedAndGone() throws Exception {
    // given
    String topic = TopicNames.unique("clean");
    String first = client().producer(topic);
    client().producer(topic);
    client().producer(topic);
    String consumer = client().consumer(topic, topic + "-one");
    client().consumer(topic, topic + "-two");
    client().consumer(topic + "x", topic + "-two");
    Reader inbox = client().read(consumer);

    // then by id, and by what they have in common
    assertThat(producers(CleanupProducerRequest.newBuilder().setProducerId(first))).isOne();
    assertThat(producers(CleanupProducerRequest.newBuilder().setProducerId(first))).isZero();
    assertThat(producers(CleanupProducerRequest.newBuilder().setTopic(topic).setEndpoint(NOWHERE)))
        .isZero();
    assertThat(
            producers(CleanupProducerRequest.newBuilder().setTopic(topic).setEndpoint(nameServer)))
        .isEqualTo(2);
    assertThat(consumers(CleanupConsumerRequest.newBuilder().setConsumerId(consumer))).isOne();
    assertThat(
            consumers(
                CleanupConsumerRequest.newBuilder().setGroupId(topic + "-two").setTopic(topic)))
        .isOne();
    assertThat(consumers(CleanupConsumerRequest.newBuilder().setGroupId(topic + "-two"))).isOne();
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () ->
                assertThat(inbox.end())
                    .isNotNull()
                    .extracting(Status::getCode)
                    .isEqualTo(Status.Code.UNAVAILABLE));
    assertThatThrownBy(() -> client().send(first, "x"))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND));
    assertThatThrownBy(() -> client().tryAck(consumer, "x"))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND));
  }

  private int producers(CleanupProducerRequest.Builder request) {
    return client().stub().cleanupProducer(request.build()).getCleanedCount();
  }

  private int consumers(CleanupConsumerRequest.Builder request) {
    return client().stub().cleanupConsumer(request.build()).getCleanedCount();
  }
}
