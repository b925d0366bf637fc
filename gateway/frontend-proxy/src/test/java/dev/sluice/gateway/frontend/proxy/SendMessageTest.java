package dev.sluice.gateway.frontend.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.sluice.gateway.proto.proxy.FailureCode;
import dev.sluice.gateway.proto.proxy.MessageProperties;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc;
import dev.sluice.gateway.proto.proxy.SendMessageFrame;
import dev.sluice.gateway.proto.proxy.SendMessageRequest;
import dev.sluice.gateway.proto.proxy.SendMessageResponse;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.gateway.spi.OutboundMessage;
import dev.sluice.gateway.spi.Schedule;
import dev.sluice.gateway.spi.testing.MemoryFaults.Operation;
import dev.sluice.gateway.upstreams.ResourceKinds;
import io.grpc.CallOptions;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is sent is stored as it was sent, or its caller is told why not. */
class SendMessageTest {

  private static final String TOPIC = "orders";

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
  void aMessageIsStoredWithAllThatBelongsToIt() {
    // given
    long before = System.currentTimeMillis();

    // when
    SendMessageResponse sent =
        send(
            request()
                .setMessageBody("{\"größe\": 1}")
                .setTag("created")
                .setProperties(
                    MessageProperties.newBuilder()
                        .putProperties("userId", "user_456")
                        .setMessageKey("ORDER_123 CUSTOMER_7")
                        .setShardingKey("user_456")));

    // then
    assertThat(sent.getSuccess()).isTrue();
    assertThat(sent.getMessage()).isEmpty();
    assertThat(sent.getFailureCode()).isEqualTo(FailureCode.OK);
    assertThat(sent.getMessageId()).isNotEmpty();
    assertThat(sent.getReceiptHandle()).isEqualTo(sent.getMessageId());
    OutboundMessage stored = onlyStored();
    assertThat(bodyOf(stored)).isEqualTo("{\"größe\": 1}".getBytes(UTF_8));
    assertThat(stored.tag()).isEqualTo("created");
    assertThat(stored.keys()).containsExactly("ORDER_123", "CUSTOMER_7");
    assertThat(stored.shardingKey()).isEqualTo("user_456");
    assertThat(stored.properties()).isEqualTo(Map.of("userId", "user_456"));
    assertThat(stored.schedule()).isEqualTo(Schedule.NOW);
    assertThat(stored.bornAt()).isBetween(before, System.currentTimeMillis());
    assertThat(stored.bornHost()).contains("127.0.0.1");
  }

  @Test
  void aMessageMayHaveNothingButItsBody() {
    caller.send(producer, "plain");

    OutboundMessage stored = onlyStored();
    assertThat(stored.tag()).isNull();
    assertThat(stored.keys()).isEmpty();
    assertThat(stored.shardingKey()).isNull();
    assertThat(stored.properties()).isEmpty();
  }

  @Test
  void aRawBodyNeedNotBeText() {
    byte[] body = {0, (byte) 0xff, (byte) 0xfe};

    SendMessageResponse sent = send(request().setRawBody(ByteString.copyFrom(body)));

    assertThat(sent.getSuccess()).isTrue();
    assertThat(bodyOf(onlyStored())).isEqualTo(body);
  }

  @Test
  void bytesThatSomeCallerPutsInTheTextFieldAreNotCorrupted() {
    // given a caller whose library does not check that strings are UTF-8
    byte[] body = {'a', (byte) 0xff};
    var method =
        RocketMQProxyGrpc.getSendMessageMethod().toBuilder(
                ProtoUtils.marshaller(SendMessageFrame.getDefaultInstance()),
                ProtoUtils.marshaller(SendMessageResponse.getDefaultInstance()))
            .build();

    // when
    SendMessageResponse sent =
        ClientCalls.blockingUnaryCall(
            caller.channel(),
            method,
            CallOptions.DEFAULT,
            SendMessageFrame.newBuilder()
                .setProducerId(producer)
                .setMessageBody(ByteString.copyFrom(body))
                .build());

    // then
    assertThat(sent.getSuccess()).isTrue();
    assertThat(bodyOf(onlyStored())).isEqualTo(body);
  }

  @Test
  void aDeliveryTimeInThePastDoesNotDelay() {
    send(
        request()
            .setMessageBody("now")
            .setProperties(MessageProperties.newBuilder().setStartDeliverTime(1)));

    assertThat(onlyStored().schedule()).isEqualTo(Schedule.NOW);
  }

  @Test
  void aBodyOfFourMebibytesIsStoredAndOneByteMoreIsRefusedWithBothSizes() {
    SendMessageResponse full = send(request().setMessageBody("x".repeat(4_194_304)));
    SendMessageResponse over = send(request().setMessageBody("x".repeat(4_194_305)));

    assertThat(full.getMessage()).isEmpty();
    assertThat(full.getSuccess()).isTrue();
    assertRefused(over, "message_body: 4194305 bytes (expected: at most 4194304)");
    assertThat(stored(TOPIC)).hasSize(1);
  }

  static Stream<Arguments> broken() {
    return Stream.of(
        Arguments.of(
            SendMessageRequest.newBuilder(), "message_body: empty (expected: 1 to 4194304 bytes)"),
        Arguments.of(
            text().setRawBody(ByteString.copyFromUtf8("raw")),
            "message_body: 4 bytes beside a raw_body of 3 (expected: one of them)"),
        Arguments.of(
            text().setTag("a|b"),
            "tag: \"a|b\" (expected: at most 255 characters, without \"|\", control characters, and"
                + " space at its ends)"),
        Arguments.of(
            text().setProperties(MessageProperties.newBuilder().putProperties("KEYS", "k")),
            "properties.properties: name \"KEYS\" is reserved (expected: properties.message_key"
                + " instead)"),
        Arguments.of(
            text().setProperties(MessageProperties.newBuilder().setStartDeliverTime(-5)),
            "properties.start_deliver_time: -5 (expected: milliseconds since the epoch, or 0 for at"
                + " once)"),
        Arguments.of(
            text().setProperties(MessageProperties.newBuilder().setShardingKey("a\nb")),
            "properties.sharding_key: \"a\\u000ab\" (expected: at most 1024 characters, without"
                + " control characters)"));
  }

  private static SendMessageRequest.Builder text() {
    return SendMessageRequest.newBuilder().setMessageBody("text");
  }

  @ParameterizedTest
  @MethodSource("broken")
  void aMessageThatBreaksARuleIsRefusedByName(SendMessageRequest.Builder request, String text) {
    assertRefused(send(request.setProducerId(producer)), text);
    assertThat(stored(TOPIC)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "unknown", "cHJvZHVjZXItMTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI"})
  void anUnknownProducerIdIsNotFound(String id) {
    assertThatThrownBy(() -> send(request().setProducerId(id).setMessageBody("x")))
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessageStartingWith("NOT_FOUND: ")
        .hasMessageContaining("producer");
  }

  @Test
  void aConsumerIdIsNoProducerId() {
    String consumer = caller.consumer(TOPIC, "g");

    assertThatThrownBy(() -> send(request().setProducerId(consumer).setMessageBody("x")))
        .hasMessageStartingWith("NOT_FOUND: ");
  }

  @ParameterizedTest
  @CsvSource({
    "INVALID_ARGUMENT, INVALID_ARGUMENT",
    "NOT_FOUND, NOT_FOUND",
    "UNAUTHENTICATED, UNAUTHENTICATED",
    "PERMISSION_DENIED, PERMISSION_DENIED",
    "FAILED_PRECONDITION, FAILED_PRECONDITION",
    "OVERLOADED, OVERLOADED",
    "UNAVAILABLE, UNAVAILABLE",
    "TIMEOUT, TIMED_OUT",
    "UNKNOWN_OUTCOME, UNKNOWN_OUTCOME",
    "UNSUPPORTED, UNSUPPORTED",
  })
  void whatTheMessageSystemRefusesIsAnAnswerThatSaysWhy(ErrorCategory category, FailureCode code) {
    server
        .backend
        .faults()
        .failNext(
            Operation.SEND, new GatewayException(category, Subject.TOPIC, "the broker says no"));

    SendMessageResponse sent = send(request().setMessageBody("x"));

    assertThat(sent.getSuccess()).isFalse();
    assertThat(sent.getFailureCode()).isEqualTo(code);
    assertThat(sent.getMessage()).contains("the broker says no");
    assertThat(sent.getMessageId()).isEmpty();
    assertThat(server.ledger.open(ResourceKinds.PENDING_SEND)).isZero();
  }

  @Test
  void aFaultOfOursIsAStatus() {
    server.backend.faults().failNext(Operation.SEND, GatewayException.internal("a bug", null));

    assertThatThrownBy(() -> send(request().setMessageBody("x")))
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessageStartingWith("INTERNAL: ")
        .hasMessageContaining("a bug");
  }

  private SendMessageRequest.Builder request() {
    return SendMessageRequest.newBuilder().setProducerId(producer);
  }

  private SendMessageResponse send(SendMessageRequest.Builder request) {
    return caller.stub().sendMessage(request.build());
  }

  private static void assertRefused(SendMessageResponse response, String text) {
    assertThat(response.getSuccess()).isFalse();
    assertThat(response.getFailureCode()).isEqualTo(FailureCode.INVALID_ARGUMENT);
    assertThat(response.getMessage()).isEqualTo(text);
    assertThat(response.getMessageId()).isEmpty();
  }

  private OutboundMessage onlyStored() {
    assertThat(stored(TOPIC)).hasSize(1);
    return stored(TOPIC).getFirst();
  }

  private List<OutboundMessage> stored(String topic) {
    return server.backend.stored(ProxyServer.ADDRESS, topic).stream()
        .flatMap(List::stream)
        .toList();
  }

  private static byte[] bodyOf(OutboundMessage message) {
    byte[] bytes = new byte[message.body().remaining()];
    message.body().duplicate().get(bytes);
    return bytes;
  }
}
