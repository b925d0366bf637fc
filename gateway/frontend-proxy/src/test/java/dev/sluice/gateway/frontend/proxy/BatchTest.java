package dev.sluice.gateway.frontend.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.sluice.gateway.proto.proxy.AckMessageResponse;
import dev.sluice.gateway.proto.proxy.AckMessagesRequest;
import dev.sluice.gateway.proto.proxy.AckMessagesResponse;
import dev.sluice.gateway.proto.proxy.FailureCode;
import dev.sluice.gateway.proto.proxy.Message;
import dev.sluice.gateway.proto.proxy.MessageProperties;
import dev.sluice.gateway.proto.proxy.MessageToSend;
import dev.sluice.gateway.proto.proxy.SendMessageResponse;
import dev.sluice.gateway.proto.proxy.SendMessagesRequest;
import dev.sluice.gateway.proto.proxy.SendMessagesResponse;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.testing.MemoryFaults.Operation;
import dev.sluice.gateway.upstreams.ResourceKinds;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Many at once: each entry has its own result, and none harms the others. */
class BatchTest {

  private static final String TOPIC = "orders";
  private static final String GROUP = "billing";

  private ProxyServer server;
  private Caller caller;
  private String producer;

  @BeforeEach
  void start() throws Exception {
    server = ProxyServer.start();
    caller = new Caller(server.connect());
    producer = caller.producer(TOPIC);
  }

  @AfterEach
  void nothingIsLeftOpen() throws Exception {
    server.stop();
  }

  @Test
  void eachMessageHasItsOwnResultInItsPlace() throws Exception {
    // given
    Inbox inbox = Inbox.reading(caller.channel(), caller.consumer(TOPIC, GROUP));

    // when
    SendMessagesResponse sent =
        send(
            MessageToSend.newBuilder().setMessageBody("zero").setTag("blue"),
            MessageToSend.newBuilder(),
            MessageToSend.newBuilder().setRawBody(ByteString.copyFrom(new byte[] {0, -1})),
            MessageToSend.newBuilder().setMessageBody("three").setTag("a|b"));

    // then
    assertThat(sent.getSuccess()).isFalse();
    assertThat(sent.getMessage()).isEmpty();
    assertThat(sent.getFailureCode()).isEqualTo(FailureCode.OK);
    assertThat(sent.getResultsList())
        .extracting(SendMessageResponse::getFailureCode)
        .containsExactly(
            FailureCode.OK,
            FailureCode.INVALID_ARGUMENT,
            FailureCode.OK,
            FailureCode.INVALID_ARGUMENT);
    assertThat(sent.getResults(1).getMessage()).startsWith("message_body: empty");
    assertThat(sent.getResults(3).getMessage()).startsWith("tag: \"a|b\"");
    assertThat(inbox.next(2))
        .extracting(Message::getMessageId)
        .containsExactlyInAnyOrder(
            sent.getResults(0).getMessageId(), sent.getResults(2).getMessageId());
    assertThat(inbox.waiting()).isZero();
  }

  @Test
  void messagesOfOneKeyKeepTheOrderOfTheBatch() {
    MessageToSend.Builder[] messages = new MessageToSend.Builder[500];
    for (int i = 0; i < messages.length; i++) {
      messages[i] =
          MessageToSend.newBuilder()
              .setMessageBody("x")
              .setProperties(
                  MessageProperties.newBuilder()
                      .setShardingKey("k")
                      .putProperties("number", "" + i));
    }

    SendMessagesResponse sent = send(messages);

    assertThat(sent.getSuccess()).isTrue();
    assertThat(sent.getResultsList()).hasSize(500);
    assertThat(server.backend.stored(ProxyServer.ADDRESS, TOPIC).stream().flatMap(List::stream))
        .extracting(message -> Integer.valueOf(message.properties().get("number")))
        .hasSize(500)
        .isSorted();
  }

  @Test
  void aBodyOfFourMebibytesFitsBesideOthers() {
    SendMessagesResponse sent =
        send(
            MessageToSend.newBuilder().setMessageBody("x".repeat(4 << 20)),
            MessageToSend.newBuilder().setMessageBody("y".repeat(3 << 20)),
            MessageToSend.newBuilder().setMessageBody("z"));

    assertThat(sent.getSuccess()).isTrue();
  }

  @Test
  void whatTheMessageSystemRefusesIsTheResultOfItsEntryAlone() {
    server.backend.faults().refuse(message -> message.properties().containsValue("culprit"));

    SendMessagesResponse sent =
        send(
            MessageToSend.newBuilder().setMessageBody("a"),
            MessageToSend.newBuilder()
                .setMessageBody("b")
                .setProperties(MessageProperties.newBuilder().putProperties("is", "culprit")),
            MessageToSend.newBuilder().setMessageBody("c"));

    assertThat(sent.getResultsList())
        .extracting(SendMessageResponse::getSuccess)
        .containsExactly(true, false, true);
  }

  @Test
  void aFaultOfOursIsAnUnknownOutcomeForThoseThatItMet() {
    server.backend.faults().failNext(Operation.SEND, GatewayException.internal("a bug", null));

    SendMessagesResponse sent = send(MessageToSend.newBuilder().setMessageBody("a"));

    assertThat(sent.getResults(0).getFailureCode()).isEqualTo(FailureCode.UNKNOWN_OUTCOME);
    assertThat(sent.getResults(0).getMessage()).contains("a bug");
  }

  @Test
  void batchesThatAreEmptyOrTooLongAreRefusedAndNothingOfThemIsTried() {
    MessageToSend.Builder[] tooMany = new MessageToSend.Builder[1025];
    Arrays.fill(tooMany, MessageToSend.newBuilder().setMessageBody("x"));

    SendMessagesResponse none = send();
    SendMessagesResponse over = send(tooMany);
    AckMessagesResponse noHandles = ack(caller.consumer(TOPIC, GROUP), List.of());

    assertThat(none.getSuccess()).isFalse();
    assertThat(none.getFailureCode()).isEqualTo(FailureCode.INVALID_ARGUMENT);
    assertThat(none.getMessage()).isEqualTo("messages: 0 (expected: 1 to 1024)");
    assertThat(over.getMessage()).isEqualTo("messages: 1025 (expected: 1 to 1024)");
    assertThat(over.getResultsList()).isEmpty();
    assertThat(server.backend.stored(ProxyServer.ADDRESS, TOPIC)).allMatch(List::isEmpty);
    assertThat(noHandles.getSuccess()).isFalse();
    assertThat(noHandles.getMessage()).isEqualTo("receipt_handles: 0 (expected: 1 to 1024)");
  }

  @Test
  void idsThatDoNotOpenEndTheCall() {
    assertThatThrownBy(
            () ->
                caller
                    .stub()
                    .sendMessages(
                        SendMessagesRequest.newBuilder()
                            .setProducerId("unknown")
                            .addMessages(MessageToSend.newBuilder().setMessageBody("x"))
                            .build()))
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessageStartingWith("NOT_FOUND: ");
    assertThatThrownBy(() -> ack("unknown", List.of("h")))
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessageStartingWith("NOT_FOUND: ");
  }

  @Test
  void eachHandleHasItsOwnResultInItsPlace() throws Exception {
    // given
    String consumer = caller.consumer(TOPIC, GROUP);
    Inbox inbox = Inbox.reading(caller.channel(), consumer);
    send(
        MessageToSend.newBuilder().setMessageBody("a"),
        MessageToSend.newBuilder().setMessageBody("b"));
    List<String> handles = new ArrayList<>();
    for (Message message : inbox.next(2)) {
      handles.add(message.getReceiptHandle());
    }
    handles.add(1, "nobody's");
    handles.add("");

    // when
    AckMessagesResponse acknowledged = ack(consumer, handles);

    // then
    assertThat(acknowledged.getSuccess()).isFalse();
    assertThat(acknowledged.getResultsList())
        .extracting(AckMessageResponse::getFailureCode)
        .containsExactly(
            FailureCode.OK, FailureCode.NOT_FOUND, FailureCode.OK, FailureCode.INVALID_ARGUMENT);
    assertThat(acknowledged.getResults(3).getMessage())
        .isEqualTo(
            "receipt_handles[3]: empty (expected: the receipt handle of a received message)");
    assertThat(server.backend.unacknowledged(ProxyServer.ADDRESS, TOPIC, GROUP)).isZero();
    assertThat(server.ledger.open(ResourceKinds.HELD_DELIVERY)).isZero();
  }

  private SendMessagesResponse send(MessageToSend.Builder... messages) {
    var request = SendMessagesRequest.newBuilder().setProducerId(producer);
    for (MessageToSend.Builder message : messages) {
      request.addMessages(message);
    }
    return caller.stub().sendMessages(request.build());
  }

  private AckMessagesResponse ack(String consumer, List<String> handles) {
    return caller
        .stub()
        .ackMessages(
            AckMessagesRequest.newBuilder()
                .setConsumerId(consumer)
                .addAllReceiptHandles(handles)
                .build());
  }
}
