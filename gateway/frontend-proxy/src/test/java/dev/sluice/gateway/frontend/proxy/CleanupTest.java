package dev.sluice.gateway.frontend.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.gateway.proto.proxy.CleanupConsumerRequest;
import dev.sluice.gateway.proto.proxy.CleanupConsumerResponse;
import dev.sluice.gateway.proto.proxy.CleanupProducerRequest;
import dev.sluice.gateway.proto.proxy.CleanupProducerResponse;
import dev.sluice.gateway.proto.proxy.FailureCode;
import dev.sluice.gateway.upstreams.ResourceKinds;
import io.grpc.Status;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What callers end themselves, and whose sessions they can end. */
class CleanupTest {

  private ProxyServer server;
  private Caller caller;
  private Caller stranger;

  @BeforeEach
  void start() throws Exception {
    server = ProxyServer.start();
    caller = new Caller(server.connect());
    stranger = new Caller(server.connect());
  }

  @AfterEach
  void nothingIsLeftOpen() throws Exception {
    server.stop();
  }

  @Test
  void aProducerEndsByItsIdOnceAndItsIdWithIt() {
    String id = caller.producer("t");

    CleanupProducerResponse first = producers(caller, id, "", "");
    CleanupProducerResponse second = producers(caller, id, "", "");

    assertThat(first.getSuccess()).isTrue();
    assertThat(first.getMessage()).isEmpty();
    assertThat(first.getCleanedCount()).isEqualTo(1);
    assertThat(second.getSuccess()).isTrue();
    assertThat(second.getCleanedCount()).isZero();
    assertThat(server.ledger.open(ResourceKinds.PRODUCER)).isZero();
    assertThatThrownBy(() -> caller.send(id, "x")).hasMessageStartingWith("NOT_FOUND: ");
  }

  @Test
  void aConsumerEndsByItsIdAndItsStreamsWithIt() throws Exception {
    String id = caller.consumer("t", "g");
    Inbox inbox = Inbox.reading(caller.channel(), id);
    await().untilAsserted(() -> assertThat(server.ledger.open(ResourceKinds.STREAM)).isEqualTo(1));

    CleanupConsumerResponse cleaned = consumers(caller, id, "", "");

    assertThat(cleaned.getSuccess()).isTrue();
    assertThat(cleaned.getCleanedCount()).isEqualTo(1);
    assertThat(inbox.end().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(Inbox.reading(caller.channel(), id).end().getCode())
        .isEqualTo(Status.Code.NOT_FOUND);
    assertThat(server.ledger.open(ResourceKinds.CONSUMER)).isZero();
  }

  @Test
  void whoKnowsAnIdMayEndItFromAnyConnection() {
    String id = caller.producer("t");

    assertThat(producers(stranger, id, "", "").getCleanedCount()).isEqualTo(1);
    assertThatThrownBy(() -> caller.send(id, "x")).hasMessageStartingWith("NOT_FOUND: ");
  }

  @Test
  void aTopicEndsTheProducersOfOnesOwnConnectionAndNobodyElses() {
    caller.producer("t");
    caller.producer("t");
    String other = caller.producer("another");
    String theirs = stranger.producer("t");

    assertThat(producers(caller, "", "t", "").getCleanedCount()).isEqualTo(2);
    assertThat(producers(caller, "", "t", "").getCleanedCount()).isZero();
    assertThat(server.ledger.open(ResourceKinds.PRODUCER)).isEqualTo(2);
    caller.send(other, "x");
    stranger.send(theirs, "x");
  }

  @Test
  void anEndpointNarrowsItDown() {
    caller.producer("t");

    assertThat(producers(caller, "", "t", "10.0.0.2:9876").getCleanedCount()).isZero();
    assertThat(producers(caller, "", "t", "http://" + ProxyServer.ADDRESS).getCleanedCount())
        .isEqualTo(1);
  }

  @Test
  void aGroupEndsTheConsumersOfOnesOwnConnectionAndATopicNarrowsItDown() {
    caller.consumer("t", "g");
    caller.consumer("u", "g");
    caller.consumer("u", "g");
    String theirs = stranger.consumer("t", "g");
    Inbox inbox = Inbox.reading(stranger.channel(), theirs);

    assertThat(consumers(caller, "", "g", "t").getCleanedCount()).isEqualTo(1);
    assertThat(consumers(caller, "", "g", "").getCleanedCount()).isEqualTo(2);
    assertThat(server.ledger.open(ResourceKinds.CONSUMER)).isEqualTo(1);
    assertThat(inbox.ended()).isFalse();
  }

  @Test
  void whoNamesNothingIsToldWhatToName() {
    CleanupProducerResponse producer = producers(caller, "", "", ProxyServer.ADDRESS);
    CleanupConsumerResponse consumer = consumers(caller, "", "", "t");

    assertThat(producer.getSuccess()).isFalse();
    assertThat(producer.getFailureCode()).isEqualTo(FailureCode.INVALID_ARGUMENT);
    assertThat(producer.getMessage())
        .isEqualTo("topic: empty, and producer_id too (expected: one of them)");
    assertThat(consumer.getSuccess()).isFalse();
    assertThat(consumer.getMessage())
        .isEqualTo("group_id: empty, and consumer_id too (expected: one of them)");
  }

  @Test
  void idsOfNobodyEndNothing() {
    String consumer = caller.consumer("t", "g");

    assertThat(producers(caller, "unknown", "", "").getCleanedCount()).isZero();
    assertThat(producers(caller, consumer, "", "").getCleanedCount()).isZero();
    assertThat(server.ledger.open(ResourceKinds.CONSUMER)).isEqualTo(1);
  }

  private static CleanupProducerResponse producers(
      Caller caller, String id, String topic, String endpoint) {
    return caller
        .stub()
        .cleanupProducer(
            CleanupProducerRequest.newBuilder()
                .setProducerId(id)
                .setTopic(topic)
                .setEndpoint(endpoint)
                .build());
  }

  private static CleanupConsumerResponse consumers(
      Caller caller, String id, String group, String topic) {
    return caller
        .stub()
        .cleanupConsumer(
            CleanupConsumerRequest.newBuilder()
                .setConsumerId(id)
                .setGroupId(group)
                .setTopic(topic)
                .build());
  }
}
