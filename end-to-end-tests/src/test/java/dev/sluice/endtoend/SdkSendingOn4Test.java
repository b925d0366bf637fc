package dev.sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.engines.RocketMQVersion;
import dev.sluice.engines.SharedEngine;
import dev.sluice.gateway.proto.proxy.FailureCode;
import dev.sluice.gateway.proto.proxy.SendDelayMessageRequest;
import dev.sluice.gateway.proto.proxy.SendMessageResponse;
import dev.sluice.rocketmq.remoting.TopicSpec.MessageType;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.rocketmq.client.apis.producer.Producer;
import org.apache.rocketmq.client.apis.producer.SendReceipt;
import org.apache.rocketmq.client.apis.producer.Transaction;
import org.apache.rocketmq.client.apis.producer.TransactionResolution;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What SDKs made for RocketMQ 5 and its proxy send before RocketMQ 4, as its own clients read it.
 */
class SdkSendingOn4Test {

  @RegisterExtension static final SharedGateway SHARED = new SharedGateway(RocketMQVersion.V4);

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private OfficialSdk sdk;
  private Operator operator;

  @BeforeEach
  void beforeTheSharedGateway() {
    sdk = new OfficialSdk(SHARED.gateway().grpc());
    operator = SHARED.operator();
  }

  @Test
  void theOfficialSdkSendsAllThatTheBrokersKnow() throws Exception {
    String topic = operator.newTopic("kinds", 1, MessageType.UNSPECIFIED);
    List<String> inOrder = IntStream.range(0, 10).mapToObj(i -> "ordered " + i).toList();
    try (Producer producer = sdk.transactional(topic, message -> TransactionResolution.COMMIT);
        RemotingClients clients =
            RemotingClients.before(
                SharedEngine.rocketmq4().nameServerAddress(), RocketMQVersion.V4)) {
      // when
      SendReceipt plain =
          producer.send(
              OfficialSdk.message(topic, "plain").setTag("t").addProperty("p", "v").build());
      for (String body : inOrder) {
        producer.send(OfficialSdk.inGroup(topic, "group", body));
      }
      long due = System.currentTimeMillis() + 1_000;
      producer.send(OfficialSdk.message(topic, "delayed").setDeliveryTimestamp(due).build());
      Transaction kept = producer.beginTransaction();
      producer.send(OfficialSdk.message(topic, "committed").build(), kept);
      kept.commit();
      Transaction dropped = producer.beginTransaction();
      producer.send(OfficialSdk.message(topic, "rolled back").build(), dropped);
      dropped.rollback();
      producer.send(OfficialSdk.message(topic, "orphan").build(), producer.beginTransaction());

      // then
      patiently(
          () ->
              assertThat(operator.read(topic))
                  .containsSubsequence(inOrder)
                  .contains("plain", "delayed", "committed", "orphan")
                  .hasSize(4 + inOrder.size()));
      List<RemotingClients.Seen> seen = clients.read(topic, 4 + inOrder.size());
      assertThat(seen).extracting(RemotingClients.Seen::body).contains("delayed", "orphan");
      assertThat(seen)
          .filteredOn(each -> each.body().equals("plain"))
          .singleElement()
          .satisfies(
              each -> {
                assertThat(each.id()).isEqualTo(plain.getMessageId().toString());
                assertThat(each.properties()).containsAllEntriesOf(Map.of("TAGS", "t", "p", "v"));
              });
    }
  }

  @Test
  void whatTheBrokersDoNotHaveIsRefusedByTheirVersion() throws Exception {
    String topic = operator.newTopic("refused", 1, MessageType.UNSPECIFIED);
    long tooLate = System.currentTimeMillis() + Duration.ofHours(3).toMillis();
    try (Producer producer = sdk.producer(topic)) {
      assertThatThrownBy(
              () ->
                  producer.send(
                      OfficialSdk.message(topic, "x").setDeliveryTimestamp(tooLate).build()))
          .hasMessageContaining("RocketMQ 4.9.7 does not keep");
      assertThatThrownBy(() -> producer.recallMessage(topic, "handle"))
          .hasMessageContaining("recall: the brokers run RocketMQ 4.9.7");
      assertThatThrownBy(
              () -> producer.send(OfficialSdk.message(topic, "x").setPriority(1).build()))
          .isNotNull();
    }
    assertThat(operator.read(topic)).isEmpty();
  }

  @Test
  void aTimeThatNoLevelMeetsComesLaterAndTheAnswerSaysSo() {
    String topic = operator.newTopic("moved", 1, MessageType.UNSPECIFIED);
    long asked = System.currentTimeMillis() + Duration.ofMinutes(45).toMillis();
    try (Client client = Client.to(SHARED.gateway().grpc())) {
      SendMessageResponse moved =
          client
              .stub()
              .sendDelayMessage(
                  SendDelayMessageRequest.newBuilder()
                      .setProducerId(client.producer(topic))
                      .setMessageBody("moved")
                      .setStartDeliverTime(asked)
                      .build());

      assertThat(moved.getSuccess()).as(moved.getMessage()).isTrue();
      assertThat(moved.getFailureCode()).isEqualTo(FailureCode.OK);
      assertThat(moved.getMessage())
          .startsWith("delivered after 3600 s, by delay level 17, instead");
      assertThat(moved.getDeliveryMovedTo()).isGreaterThan(asked);
      assertThat(operator.read(topic)).isEmpty();
    }
  }

  private static void patiently(ThrowingRunnable assertion) {
    await().atMost(PATIENCE).untilAsserted(assertion);
  }
}
