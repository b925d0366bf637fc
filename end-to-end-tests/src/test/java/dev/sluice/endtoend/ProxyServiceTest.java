package dev.sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.sluice.engines.SharedEngine;
import dev.sluice.engines.TopicNames;
import dev.sluice.gateway.proto.proxy.AckMessageResponse;
import dev.sluice.gateway.proto.proxy.AckMessagesRequest;
import dev.sluice.gateway.proto.proxy.AckMessagesResponse;
import dev.sluice.gateway.proto.proxy.FailureCode;
import dev.sluice.gateway.proto.proxy.Message;
import dev.sluice.gateway.proto.proxy.MessageProperties;
import dev.sluice.gateway.proto.proxy.MessageToSend;
import dev.sluice.gateway.proto.proxy.SendMessageRequest;
import dev.sluice.gateway.proto.proxy.SendMessageResponse;
import dev.sluice.gateway.proto.proxy.SendMessagesRequest;
import dev.sluice.gateway.proto.proxy.SendMessagesResponse;
import dev.sluice.gateway.proto.proxy.StartPosition;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * What the service promises beyond sending and receiving text, at a gateway process before a real
 * broker. The tests run at once, since most of their time they wait for the broker.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ProxyServiceTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private @Nullable RunningGateway gateway;
  private @Nullable Caller caller;

  @BeforeAll
  void start(@TempDir Path folder) throws IOException {
    gateway =
        RunningGateway.start(
            Map.of(
                "DATA_DIR", folder.toString(),
                "UPSTREAM", SharedEngine.rocketmq5().nameServerAddress(),
                "MAX_ATTEMPTS", "3"));
    caller = Caller.of(gateway);
  }

  @AfterAll
  void endsWithNothingOpen() throws InterruptedException {
    caller().close();
    gateway().endsCleanly();
  }

  private RunningGateway gateway() {
    return Objects.requireNonNull(gateway);
  }

  private Caller caller() {
    return Objects.requireNonNull(caller);
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void aBodyThatIsNoTextArrivesAsTheBytesThatItIsWithAllThatBelongsToIt() throws Exception {
    // given
    String topic = TopicNames.unique("bytes");
    Inbox inbox = caller().receive(caller().consumer(topic, topic));
    byte[] bytes = {0, -1, (byte) 0xc3, 0x28, 127};
    long before = System.currentTimeMillis();

    // when
    String id =
        caller()
            .send(
                SendMessageRequest.newBuilder()
                    .setProducerId(caller().producer(topic))
                    .setRawBody(ByteString.copyFrom(bytes))
                    .setTag("blue")
                    .setProperties(
                        MessageProperties.newBuilder()
                            .putProperties("größe", "✓ 1")
                            .setMessageKey("ORDER_1 ORDER_2")
                            .setShardingKey("k")));

    // then
    Message message = inbox.next();
    assertThat(message.getMessageId()).isEqualTo(id);
    assertThat(message.getRawBody().toByteArray()).isEqualTo(bytes);
    assertThat(message.getMessageBody()).isEmpty();
    assertThat(message.getTag()).isEqualTo("blue");
    assertThat(message.getPropertiesMap())
        .isEqualTo(Map.of("größe", "✓ 1", "KEYS", "ORDER_1 ORDER_2", "__SHARDINGKEY", "k"));
    assertThat(message.getBornTimestamp()).isBetween(before, System.currentTimeMillis());
    assertThat(message.getReconsumeTimes()).isZero();
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void ofABatchWhatIsGoodIsStoredAndOfItsHandlesWhatIsGoodIsAcknowledged() throws Exception {
    // given
    String topic = TopicNames.unique("batch");
    String consumer = caller().consumer(topic, topic);
    Inbox inbox = caller().receive(consumer);

    // when two of five cannot be sent
    SendMessagesResponse sent =
        caller()
            .calls()
            .sendMessages(
                SendMessagesRequest.newBuilder()
                    .setProducerId(caller().producer(topic))
                    .addMessages(text("one"))
                    .addMessages(text(""))
                    .addMessages(text("two").setTag("a||b"))
                    .addMessages(text("").setRawBody(ByteString.copyFromUtf8("three")))
                    .addMessages(text("four"))
                    .build());

    // then
    assertThat(sent.getSuccess()).isFalse();
    assertThat(sent.getMessage()).isEmpty();
    assertThat(sent.getResultsList())
        .extracting(SendMessageResponse::getSuccess)
        .containsExactly(true, false, false, true, true);
    assertThat(sent.getResults(1).getMessage()).startsWith("message_body: empty (expected: ");
    assertThat(sent.getResults(2).getMessage()).startsWith("tag: ");
    List<Message> received = inbox.next(3);
    assertThat(received)
        .extracting(Message::getMessageId)
        .containsExactlyInAnyOrder(
            sent.getResults(0).getMessageId(),
            sent.getResults(3).getMessageId(),
            sent.getResults(4).getMessageId());

    // when one of the three handles is no handle
    AckMessagesResponse acknowledged =
        caller()
            .calls()
            .ackMessages(
                AckMessagesRequest.newBuilder()
                    .setConsumerId(consumer)
                    .addReceiptHandles(received.get(0).getReceiptHandle())
                    .addReceiptHandles("nonsense")
                    .addReceiptHandles(received.get(2).getReceiptHandle())
                    .build());

    // then only what was not acknowledged comes to the next stream
    assertThat(acknowledged.getSuccess()).isFalse();
    assertThat(acknowledged.getResultsList())
        .extracting(AckMessageResponse::getSuccess)
        .containsExactly(true, false, true);
    assertThat(acknowledged.getResults(1).getFailureCode()).isEqualTo(FailureCode.NOT_FOUND);
    assertThat(acknowledged.getResults(1).getMessage()).startsWith("unknown handle ");
    inbox.cancel();
    Inbox next = caller().receive(consumer);
    Message again = next.next();
    assertThat(again.getMessageId()).isEqualTo(received.get(1).getMessageId());
    assertThat(again.getReconsumeTimes()).isEqualTo(1);
    assertThat(caller().ack(consumer, again.getReceiptHandle()).getSuccess()).isTrue();
    assertThat(next.waiting()).isEmpty();
  }

  private static MessageToSend.Builder text(String body) {
    return MessageToSend.newBuilder().setMessageBody(body);
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void aRefusedMessageComesAgainAtOnceOrAfterTheDelayThatIsAskedFor() throws Exception {
    // given
    String topic = TopicNames.unique("retry");
    String consumer = caller().consumer(topic, topic);
    Inbox inbox = caller().receive(consumer);
    String producer = caller().producer(topic);
    caller().send(producer, "at once");
    Message soon = inbox.next();
    caller().send(producer, "later");
    Message later = inbox.next();

    // when
    long refused = System.currentTimeMillis();
    assertThat(caller().retry(consumer, later.getReceiptHandle(), 9_000).getSuccess()).isTrue();
    assertThat(caller().retry(consumer, soon.getReceiptHandle(), 0).getSuccess()).isTrue();

    // then
    assertThat(inbox.next().getMessageBody()).isEqualTo("at once");
    Message again = inbox.next();
    assertThat(System.currentTimeMillis()).isGreaterThanOrEqualTo(refused + 9_000);
    assertThat(again.getMessageId()).isEqualTo(later.getMessageId());
    assertThat(again.getReconsumeTimes()).isEqualTo(1);
    assertThat(caller().ack(consumer, again.getReceiptHandle()).getSuccess()).isTrue();
    assertThat(caller().retry(consumer, "nonsense", 0).getMessage()).startsWith("unknown handle ");
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void aNewGroupStartsAtTheEndUnlessItIsToldWhere() throws Exception {
    // given a message before a moment, and one after it
    String topic = TopicNames.unique("start");
    String producer = caller().producer(topic);
    caller().send(producer, "old");
    long oldest = System.currentTimeMillis();
    await().until(() -> System.currentTimeMillis() > oldest + 20);
    long moment = System.currentTimeMillis();
    caller().send(producer, "younger");

    // when
    var groups =
        List.of(
            Caller.consumerOf(topic, topic + "-latest"),
            Caller.consumerOf(topic, topic + "-earliest").setStartPosition(StartPosition.EARLIEST),
            Caller.consumerOf(topic, topic + "-moment")
                .setStartPosition(StartPosition.TIMESTAMP)
                .setStartTimestamp(moment));
    Inbox latest = caller().receive(caller().consumer(groups.get(0)));
    Inbox earliest = caller().receive(caller().consumer(groups.get(1)));
    Inbox fromThen = caller().receive(caller().consumer(groups.get(2)));
    caller().send(producer, "new");

    // then
    assertThat(earliest.texts(3)).containsExactlyInAnyOrder("old", "younger", "new");
    assertThat(fromThen.texts(2)).containsExactlyInAnyOrder("younger", "new");
    assertThat(latest.texts(1)).containsExactly("new");
    assertThat(latest.waiting()).isEmpty();
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void aMessageComesAgainWhenItsConsumersOwnHoldEndsAndItsFirstHandleHasExpiredThen()
      throws Exception {
    // given a consumer that may hold for a second, and one that may for the usual time
    String topic = TopicNames.unique("hold");
    String brief =
        caller().consumer(Caller.consumerOf(topic, topic + "-brief").setMaxHoldMs(1_000));
    Inbox again = caller().receive(brief);
    Inbox once = caller().receive(caller().consumer(topic, topic + "-usual"));

    // when nobody acknowledges
    caller().send(caller().producer(topic), "held");
    Message first = again.next();
    Message second = again.next();

    // then
    assertThat(second.getMessageId()).isEqualTo(first.getMessageId());
    assertThat(second.getReconsumeTimes()).isEqualTo(1);
    AckMessageResponse late = caller().ack(brief, first.getReceiptHandle());
    assertThat(late.getSuccess()).isFalse();
    assertThat(late.getFailureCode()).isEqualTo(FailureCode.FAILED_PRECONDITION);
    assertThat(late.getMessage()).startsWith("expired handle: ");
    assertThat(once.texts(1)).containsExactly("held");
    assertThat(once.waiting()).isEmpty();
    again.cancel();
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void aMessageIsDeliveredSoManyTimesAndThenLiesAmongTheDeadLettersOfItsGroup() throws Exception {
    // given
    String topic = TopicNames.unique("dead");
    String consumer = caller().consumer(topic, topic);
    Inbox inbox = caller().receive(consumer);
    String id = caller().send(caller().producer(topic), "poison");

    // when it is refused each time
    for (int attempt = 0; attempt < 3; attempt++) {
      Message message = inbox.next();
      assertThat(message.getReconsumeTimes()).isEqualTo(attempt);
      assertThat(caller().retry(consumer, message.getReceiptHandle(), 0).getSuccess()).isTrue();
    }

    // then
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(gateway().get("/metrics/prometheus").body())
                    .contains("sluice_dead_letters_total 1.0"));
    Message dead =
        caller().receive(caller().consumer("%DLQ%" + topic, topic + "-undertaker")).next();
    assertThat(dead.getMessageId()).isEqualTo(id);
    assertThat(dead.getMessageBody()).isEqualTo("poison");
    assertThat(inbox.waiting()).isEmpty();
  }

  @AfterEach
  void theGatewayLives() {
    assertThat(gateway().process().isAlive()).isTrue();
  }
}
