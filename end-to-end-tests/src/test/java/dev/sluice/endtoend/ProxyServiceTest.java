package dev.sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.sluice.engines.SharedEngine;
import dev.sluice.engines.TopicNames;
import dev.sluice.gateway.proto.proxy.AckMessageResponse;
import dev.sluice.gateway.proto.proxy.AckMessagesRequest;
import dev.sluice.gateway.proto.proxy.AckMessagesResponse;
import dev.sluice.gateway.proto.proxy.CreateConsumerRequest;
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
import java.util.ArrayList;
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
  private @Nullable Client client;

  @BeforeAll
  void start(@TempDir Path folder) throws IOException {
    gateway =
        RunningGateway.start(
            Map.of(
                "DATA_DIR", folder.toString(),
                "UPSTREAM", SharedEngine.rocketmq5().nameServerAddress(),
                "MAX_ATTEMPTS", "3"));
    client = Client.to(gateway.grpc());
  }

  @AfterAll
  void endsWithNothingOpen() throws InterruptedException {
    client().close();
    gateway().endsCleanly();
  }

  private RunningGateway gateway() {
    return Objects.requireNonNull(gateway);
  }

  private Client client() {
    return Objects.requireNonNull(client);
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void aBodyThatIsNoTextArrivesAsTheBytesThatItIsWithAllThatBelongsToIt() throws Exception {
    // given
    String topic = TopicNames.unique("bytes");
    Reader inbox = client().read(client().consumer(topic, topic));
    byte[] bytes = {0, -1, (byte) 0xc3, 0x28, 127};
    long before = System.currentTimeMillis();

    // when
    String id =
        client()
            .send(
                SendMessageRequest.newBuilder()
                    .setProducerId(client().producer(topic))
                    .setRawBody(ByteString.copyFrom(bytes))
                    .setTag("blue")
                    .setProperties(
                        MessageProperties.newBuilder()
                            .putProperties("größe", "✓ 1")
                            .setMessageKey("ORDER_1 ORDER_2")
                            .setShardingKey("k"))
                    .build());

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
    String consumer = client().consumer(topic, topic);
    Reader inbox = client().read(consumer);

    // when two of five cannot be sent
    SendMessagesResponse sent =
        client()
            .stub()
            .sendMessages(
                SendMessagesRequest.newBuilder()
                    .setProducerId(client().producer(topic))
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
        client()
            .stub()
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
    Reader next = client().read(consumer);
    Message again = next.next();
    assertThat(again.getMessageId()).isEqualTo(received.get(1).getMessageId());
    assertThat(again.getReconsumeTimes()).isEqualTo(1);
    assertThat(client().tryAck(consumer, again.getReceiptHandle()).getSuccess()).isTrue();
    assertThat(next.notTaken()).isEmpty();
  }

  private static MessageToSend.Builder text(String body) {
    return MessageToSend.newBuilder().setMessageBody(body);
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void aRefusedMessageComesAgainAtOnceOrAfterTheDelayThatIsAskedFor() throws Exception {
    // given
    String topic = TopicNames.unique("retry");
    String consumer = client().consumer(topic, topic);
    Reader inbox = client().read(consumer);
    String producer = client().producer(topic);
    client().send(producer, "at once");
    Message soon = inbox.next();
    client().send(producer, "later");
    Message later = inbox.next();

    // when
    long refused = System.currentTimeMillis();
    Duration delay = Duration.ofSeconds(15);
    assertThat(client().retry(consumer, later.getReceiptHandle(), delay).getSuccess()).isTrue();
    assertThat(client().retry(consumer, soon.getReceiptHandle(), Duration.ZERO).getSuccess())
        .isTrue();

    // then
    List<String> inOrder = new ArrayList<>();
    Message again = inbox.next();
    while (!again.getMessageId().equals(later.getMessageId())) {
      inOrder.add(again.getMessageBody());
      again = inbox.next();
    }
    assertThat(System.currentTimeMillis()).isGreaterThanOrEqualTo(refused + delay.toMillis());
    assertThat(inOrder).containsExactly("at once");
    assertThat(again.getReconsumeTimes()).isEqualTo(1);
    assertThat(client().tryAck(consumer, again.getReceiptHandle()).getSuccess()).isTrue();
    assertThat(client().retry(consumer, "nonsense", Duration.ZERO).getMessage())
        .startsWith("unknown handle ");
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void aNewGroupStartsAtTheEndUnlessItIsToldWhere() throws Exception {
    // given a message before a moment, and one after it
    String topic = TopicNames.unique("start");
    String producer = client().producer(topic);
    client().send(producer, "old");
    long oldest = System.currentTimeMillis();
    await().until(() -> System.currentTimeMillis() > oldest + 20);
    long moment = System.currentTimeMillis();
    client().send(producer, "younger");

    // when
    var groups =
        List.of(
            consumerOf(topic, topic + "-latest"),
            consumerOf(topic, topic + "-earliest").setStartPosition(StartPosition.EARLIEST),
            consumerOf(topic, topic + "-moment")
                .setStartPosition(StartPosition.TIMESTAMP)
                .setStartTimestamp(moment));
    Reader latest = client().read(client().consumer(groups.get(0).build()));
    Reader earliest = client().read(client().consumer(groups.get(1).build()));
    Reader fromThen = client().read(client().consumer(groups.get(2).build()));
    client().send(producer, "new");

    // then
    assertThat(texts(earliest.next(3))).containsExactlyInAnyOrder("old", "younger", "new");
    assertThat(texts(fromThen.next(2))).containsExactlyInAnyOrder("younger", "new");
    assertThat(texts(latest.next(1))).containsExactly("new");
    assertThat(latest.notTaken()).isEmpty();
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void aMessageComesAgainWhenItsConsumersOwnHoldEndsAndItsFirstHandleHasExpiredThen()
      throws Exception {
    // given a consumer that may hold for a second, and one that may for the usual time
    String topic = TopicNames.unique("hold");
    String brief =
        client().consumer(consumerOf(topic, topic + "-brief").setMaxHoldMs(1_000).build());
    Reader again = client().read(brief);
    Reader once = client().read(client().consumer(topic, topic + "-usual"));

    // when nobody acknowledges
    client().send(client().producer(topic), "held");
    Message first = again.next();
    Message second = again.next();

    // then
    assertThat(second.getMessageId()).isEqualTo(first.getMessageId());
    assertThat(second.getReconsumeTimes()).isEqualTo(1);
    AckMessageResponse late = client().tryAck(brief, first.getReceiptHandle());
    assertThat(late.getSuccess()).isFalse();
    assertThat(late.getFailureCode()).isEqualTo(FailureCode.FAILED_PRECONDITION);
    assertThat(late.getMessage()).startsWith("expired handle: ");
    assertThat(texts(once.next(1))).containsExactly("held");
    assertThat(once.notTaken()).isEmpty();
    again.cancel();
  }

  @Test
  @Execution(ExecutionMode.CONCURRENT)
  void aMessageIsDeliveredSoManyTimesAndThenLiesAmongTheDeadLettersOfItsGroup() throws Exception {
    // given
    String topic = TopicNames.unique("dead");
    String consumer = client().consumer(topic, topic);
    Reader inbox = client().read(consumer);
    String id = client().send(client().producer(topic), "poison");

    // when it is refused each time
    for (int attempt = 0; attempt < 3; attempt++) {
      Message message = inbox.next();
      assertThat(message.getReconsumeTimes()).isEqualTo(attempt);
      assertThat(client().retry(consumer, message.getReceiptHandle(), Duration.ZERO).getSuccess())
          .isTrue();
    }

    // then
    await()
        .atMost(PATIENCE)
        // Another test's message may be one too, where that is held up.
        .until(() -> gateway().sample("sluice_dead_letters_total") >= 1);
    Message dead = client().read(client().consumer("%DLQ%" + topic, topic + "-undertaker")).next();
    assertThat(dead.getMessageId()).isEqualTo(id);
    assertThat(dead.getMessageBody()).isEqualTo("poison");
    assertThat(inbox.notTaken()).isEmpty();
  }

  private static CreateConsumerRequest.Builder consumerOf(String topic, String group) {
    return CreateConsumerRequest.newBuilder().setTopic(topic).setGroupId(group);
  }

  private static List<String> texts(List<Message> messages) {
    return messages.stream().map(Message::getMessageBody).toList();
  }

  @AfterEach
  void theGatewayLives() {
    assertThat(gateway().process().isAlive()).isTrue();
  }
}
