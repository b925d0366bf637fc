package dev.sluice.gateway.frontend.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.gateway.proto.proxy.AckMessageResponse;
import dev.sluice.gateway.proto.proxy.CreateConsumerRequest;
import dev.sluice.gateway.proto.proxy.FailureCode;
import dev.sluice.gateway.proto.proxy.Message;
import dev.sluice.gateway.proto.proxy.MessageProperties;
import dev.sluice.gateway.proto.proxy.SendMessageRequest;
import dev.sluice.gateway.proto.proxy.StartPosition;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.testing.MemoryFaults.Operation;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.gateway.upstreams.GatewaySettings;
import dev.sluice.gateway.upstreams.GatewaySettings.ReceiveSettings;
import dev.sluice.gateway.upstreams.ResourceKinds;
import dev.sluice.lifecycle.Deadline;
import io.grpc.Status;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Streams of messages: their life, their flow control, and acknowledging what they bring. */
class ReceiveMessagesTest {

  private static final String TOPIC = "orders";
  private static final String GROUP = "billing";
  private static final int BUFFER = 50;
  private static final Duration INVISIBLE = Duration.ofSeconds(20);

  private ProxyServer server;
  private Caller caller;

  @BeforeEach
  void start() throws Exception {
    ReceiveSettings usual = ReceiveSettings.DEFAULTS;
    server =
        ProxyServer.start(
            GatewaySettings.DEFAULTS.with(
                new ReceiveSettings(
                    BUFFER,
                    usual.bufferBytes(),
                    usual.concurrentPolls(),
                    usual.pollBatch(),
                    Duration.ofSeconds(1),
                    Duration.ofMillis(100),
                    INVISIBLE,
                    usual.maxHold(),
                    usual.maxAttempts())));
    caller = new Caller(server.connect());
  }

  @AfterEach
  void nothingIsLeftOpen() throws Exception {
    server.stop();
  }

  @Test
  void aMessageArrivesAsItWasSentAndIsGoneOnceAcknowledged() throws Exception {
    // given
    String consumer = caller.consumer(TOPIC, GROUP);
    Inbox inbox = Inbox.reading(caller.channel(), consumer);
    long before = System.currentTimeMillis();

    // when
    String id =
        caller
            .stub()
            .sendMessage(
                SendMessageRequest.newBuilder()
                    .setProducerId(caller.producer(TOPIC))
                    .setMessageBody("{\"ok\": \"✓\"}")
                    .setTag("created")
                    .setProperties(
                        MessageProperties.newBuilder()
                            .putProperties("userId", "7")
                            .setMessageKey("ORDER_1"))
                    .build())
            .getMessageId();
    Message message = inbox.next();

    // then
    assertThat(message.getMessageId()).isEqualTo(id);
    assertThat(message.getMessageBody()).isEqualTo("{\"ok\": \"✓\"}");
    assertThat(message.getTag()).isEqualTo("created");
    assertThat(message.getPropertiesMap()).isEqualTo(Map.of("userId", "7", "KEYS", "ORDER_1"));
    assertThat(message.getReconsumeTimes()).isZero();
    assertThat(message.getBornTimestamp()).isBetween(before, System.currentTimeMillis());
    assertThat(unacknowledged()).isEqualTo(1);

    AckMessageResponse acknowledged = caller.ack(consumer, message.getReceiptHandle());

    assertThat(acknowledged.getMessage()).isEmpty();
    assertThat(acknowledged.getSuccess()).isTrue();
    assertThat(unacknowledged()).isZero();
    assertThat(server.ledger.open(ResourceKinds.HELD_DELIVERY)).isZero();
  }

  @Test
  void onlyTaggedMessagesOfTheExpressionArrive() throws Exception {
    String consumer =
        caller.consumer(
            CreateConsumerRequest.newBuilder()
                .setTopic(TOPIC)
                .setGroupId(GROUP)
                .setTagExpression("a || b")
                .build());
    Inbox inbox = Inbox.reading(caller.channel(), consumer);
    String producer = caller.producer(TOPIC);

    for (String tag : new String[] {"c", "a", "", "b"}) {
      caller
          .stub()
          .sendMessage(
              SendMessageRequest.newBuilder()
                  .setProducerId(producer)
                  .setMessageBody("body")
                  .setTag(tag)
                  .build());
    }

    assertThat(inbox.next(2)).extracting(Message::getTag).containsExactlyInAnyOrder("a", "b");
    assertThat(inbox.waiting()).isZero();
  }

  @Test
  void aGroupBeginsWhereItIsTold() throws Exception {
    // given
    caller.send(caller.producer(TOPIC), "before");
    String latest = caller.consumer(TOPIC, "latest");
    String earliest =
        caller.consumer(
            CreateConsumerRequest.newBuilder()
                .setTopic(TOPIC)
                .setGroupId("earliest")
                .setStartPosition(StartPosition.EARLIEST)
                .build());

    // when
    Inbox fromNow = Inbox.reading(caller.channel(), latest);
    Inbox fromStart = Inbox.reading(caller.channel(), earliest);
    caller.send(caller.producer(TOPIC), "after");

    // then
    assertThat(fromStart.next(2))
        .extracting(Message::getMessageBody)
        .containsExactlyInAnyOrder("before", "after");
    assertThat(fromNow.next().getMessageBody()).isEqualTo("after");
    assertThat(fromNow.waiting()).isZero();
  }

  @Test
  void aMessageWithADeliveryTimeArrivesThenAndNotBefore() throws Exception {
    // given
    Inbox inbox = Inbox.reading(caller.channel(), caller.consumer(TOPIC, GROUP));
    long due = System.currentTimeMillis() + 1500;

    // when
    caller
        .stub()
        .sendMessage(
            SendMessageRequest.newBuilder()
                .setProducerId(caller.producer(TOPIC))
                .setMessageBody("later")
                .setProperties(MessageProperties.newBuilder().setStartDeliverTime(due))
                .build());

    // then
    assertThat(inbox.next().getMessageBody()).isEqualTo("later");
    assertThat(System.currentTimeMillis()).isGreaterThanOrEqualTo(due);
  }

  @Test
  void whatACancelledStreamHeldComesAgainToAnother() throws Exception {
    // given
    String consumer = caller.consumer(TOPIC, GROUP);
    Inbox first = Inbox.reading(caller.channel(), consumer);
    caller.send(caller.producer(TOPIC), "again");
    first.next();
    assertThat(server.ledger.open(ResourceKinds.STREAM)).isEqualTo(1);

    // when
    first.cancel();

    // then
    await()
        .untilAsserted(
            () -> {
              assertThat(server.ledger.open(ResourceKinds.STREAM)).isZero();
              assertThat(server.ledger.open(ResourceKinds.HELD_DELIVERY)).isZero();
            });
    Message again = Inbox.reading(caller.channel(), consumer).next();
    assertThat(again.getMessageBody()).isEqualTo("again");
    // A receive that was under way for the ended stream may have had it in between.
    assertThat(again.getReconsumeTimes()).isPositive();
  }

  @Test
  void whatACutConnectionHeldComesAgainToAnother() throws Exception {
    String consumer = caller.consumer(TOPIC, GROUP);
    Inbox first = Inbox.reading(caller.channel(), consumer);
    caller.send(caller.producer(TOPIC), "again");
    first.next();

    server.disconnect(caller.channel());

    Caller another = new Caller(server.connect());
    Message again = Inbox.reading(another.channel(), consumer).next();
    assertThat(again.getMessageBody()).isEqualTo("again");
    await().untilAsserted(() -> assertThat(server.ledger.open(ResourceKinds.STREAM)).isEqualTo(1));
  }

  @Test
  void aHandleIsGoodOnAnotherConnectionAndAfterItsStreamEnded() throws Exception {
    String consumer = caller.consumer(TOPIC, GROUP);
    Inbox inbox = Inbox.reading(caller.channel(), consumer);
    String producer = caller.producer(TOPIC);
    caller.send(producer, "one");
    Message one = inbox.next();

    Caller another = new Caller(server.connect());
    AckMessageResponse elsewhere = another.ack(consumer, one.getReceiptHandle());

    assertThat(elsewhere.getMessage()).isEmpty();
    assertThat(elsewhere.getSuccess()).isTrue();
    assertThat(unacknowledged()).isZero();
  }

  @Test
  void handlesThatAreNoneAreRefusedWithASuccessOfFalse() {
    String consumer = caller.consumer(TOPIC, GROUP);

    AckMessageResponse empty = caller.ack(consumer, "");
    AckMessageResponse unknown = caller.ack(consumer, "nobody's");

    assertThat(empty.getSuccess()).isFalse();
    assertThat(empty.getFailureCode()).isEqualTo(FailureCode.INVALID_ARGUMENT);
    assertThat(empty.getMessage())
        .isEqualTo("receipt_handle: empty (expected: the receipt handle of a received message)");
    assertThat(unknown.getSuccess()).isFalse();
    assertThat(unknown.getFailureCode()).isEqualTo(FailureCode.NOT_FOUND);
    assertThat(unknown.getMessage()).contains("unknown handle");
  }

  @Test
  void aHandleWhoseTimeIsOverIsRefusedAndSaysSo() throws Exception {
    // given a message that came again, with a handle of its own
    String consumer = caller.consumer(TOPIC, GROUP);
    Inbox first = Inbox.reading(caller.channel(), consumer);
    caller.send(caller.producer(TOPIC), "x");
    String old = first.next().getReceiptHandle();
    first.cancel();
    Message again = Inbox.reading(caller.channel(), consumer).next();

    // when the old handle is used late
    await()
        .untilAsserted(
            () ->
                assertThat(caller.ack(consumer, old).getFailureCode())
                    .isEqualTo(FailureCode.FAILED_PRECONDITION));
    AckMessageResponse late = caller.ack(consumer, old);

    // then it is refused, and the new one still acknowledges
    assertThat(late.getSuccess()).isFalse();
    assertThat(late.getMessage()).contains("expired handle");
    assertThat(unacknowledged()).isEqualTo(1);
    assertThat(caller.ack(consumer, again.getReceiptHandle()).getSuccess()).isTrue();
    assertThat(unacknowledged()).isZero();
  }

  @Test
  void anAcknowledgementThatTheMessageSystemRefusesIsAnAnswer() throws Exception {
    String consumer = caller.consumer(TOPIC, GROUP);
    Inbox inbox = Inbox.reading(caller.channel(), consumer);
    caller.send(caller.producer(TOPIC), "x");
    String handle = inbox.next().getReceiptHandle();
    server
        .backend
        .faults()
        .failNext(Operation.ACK, GatewayException.unavailable("the broker is gone", null));

    AckMessageResponse refused = caller.ack(consumer, handle);

    assertThat(refused.getSuccess()).isFalse();
    assertThat(refused.getFailureCode()).isEqualTo(FailureCode.UNAVAILABLE);
    assertThat(refused.getMessage()).contains("the broker is gone");
  }

  @Test
  void anUnknownConsumerIdIsNotFoundForStreamsAndAcknowledgements() throws Exception {
    Status stream = Inbox.reading(caller.channel(), "unknown").end();

    assertThat(stream.getCode()).isEqualTo(Status.Code.NOT_FOUND);
    assertThat(stream.getDescription()).contains("consumer");
    assertThatThrownBy(() -> caller.ack("unknown", "h")).hasMessageStartingWith("NOT_FOUND: ");
  }

  @Test
  void aCallerThatNeverReadsIsBoundedAndDisturbsNobody() throws Exception {
    // given a stream that asks for nothing, on the connection that everything else uses too
    String consumer = caller.consumer(TOPIC, GROUP);
    Inbox deaf = Inbox.open(caller.channel(), consumer);
    String producer = caller.producer(TOPIC);
    String body = "x".repeat(10_000);

    // when far more is sent than the stream may hold
    Set<String> sent = new HashSet<>();
    for (int i = 0; i < 4 * BUFFER; i++) {
      sent.add(caller.send(producer, body));
    }

    // then no more than its credit is held, and nothing is read
    await()
        .during(Duration.ofSeconds(1))
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(
            () ->
                assertThat(server.ledger.open(ResourceKinds.HELD_DELIVERY))
                    .isLessThanOrEqualTo(BUFFER));
    assertThat(deaf.waiting()).isZero();
    assertThat(server.gateway.metrics().value(Counter.MESSAGES_ACKED)).isZero();

    // and once it is gone, every message comes to one that reads and acknowledges
    deaf.cancel();
    Inbox inbox = Inbox.reading(caller.channel(), consumer);
    while (!sent.isEmpty()) {
      Message message = inbox.next();
      sent.remove(message.getMessageId());
      assertThat(caller.ack(consumer, message.getReceiptHandle()).getSuccess()).isTrue();
    }
  }

  @Test
  void aCallerThatNeverReadsGetsNoMoreThanItsConnectionTakesHoweverMuchCreditItHas()
      throws Exception {
    // given credit for all of it
    server.stop();
    server = ProxyServer.start();
    caller = new Caller(server.connect());
    String consumer = caller.consumer(TOPIC, GROUP);
    Inbox deaf = Inbox.open(caller.channel(), consumer);
    String producer = caller.producer(TOPIC);
    String body = "x".repeat(20_000);

    // when 8 MB are sent, and HTTP/2's window has 1 MiB
    for (int i = 0; i < 400; i++) {
      caller.send(producer, body);
    }

    // then a part is handed out and stays in the window, and the rest is not even asked for
    await()
        .during(Duration.ofSeconds(1))
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(
            () -> assertThat(server.ledger.open(ResourceKinds.HELD_DELIVERY)).isBetween(10L, 200L));

    // and all of it comes when it is read
    deaf.read(Integer.MAX_VALUE);
    assertThat(deaf.next(400)).hasSize(400);
  }

  @Test
  void aCallerThatPausesGetsTheRestWhenItReadsOn() throws Exception {
    String consumer = caller.consumer(TOPIC, GROUP);
    Inbox inbox = Inbox.open(caller.channel(), consumer);
    String producer = caller.producer(TOPIC);
    String body = "x".repeat(100_000);
    for (int i = 0; i < 20; i++) {
      caller.send(producer, body);
    }

    inbox.read(1);
    inbox.next();
    inbox.read(Integer.MAX_VALUE);

    assertThat(inbox.next(19)).hasSize(19);
  }

  @Test
  void aGatewayThatClosesEndsItsStreamsWithAStatus() throws Exception {
    Inbox inbox = Inbox.reading(caller.channel(), caller.consumer(TOPIC, GROUP));
    await().untilAsserted(() -> assertThat(server.ledger.open(ResourceKinds.STREAM)).isEqualTo(1));

    server.gateway.closeAsync(Deadline.after(Duration.ofSeconds(5)));

    assertThat(inbox.end().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
  }

  private int unacknowledged() {
    return server.backend.unacknowledged(ProxyServer.ADDRESS, TOPIC, GROUP);
  }
}
