package dev.sluice.gateway.frontend.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.ByteString;
import dev.sluice.gateway.proto.proxy.FailureCode;
import dev.sluice.gateway.proto.proxy.MessageProperties;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc;
import dev.sluice.gateway.proto.proxy.SendDelayMessageRequest;
import dev.sluice.gateway.proto.proxy.SendMessageResponse;
import dev.sluice.gateway.proto.proxy.SendOrderedMessageRequest;
import dev.sluice.gateway.spi.OutboundMessage;
import dev.sluice.gateway.spi.Schedule;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Ordered and delayed messages. */
class SendKindsTest {

  private static final String TOPIC = "orders";
  private static final long LATER = 4_102_444_800_000L; // the year 2100

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
  void orderedMessagesOfOneKeyAreStoredInOneQueueInTheOrderSent() throws Exception {
    // when many are under way at once
    List<ListenableFuture<SendMessageResponse>> calls = new ArrayList<>();
    var stub = RocketMQProxyGrpc.newFutureStub(caller.channel());
    for (int i = 0; i < 300; i++) {
      calls.add(
          stub.sendOrderedMessage(
              ordered()
                  .setProducerId(producer)
                  .setMessageBody("m" + i)
                  .setShardingKey("user-" + i % 3)
                  .build()));
    }
    for (var call : calls) {
      assertThat(call.get(20, TimeUnit.SECONDS).getMessage()).isEmpty();
    }

    // then
    for (int key = 0; key < 3; key++) {
      String name = "user-" + key;
      int first = key;
      assertThat(queuesWith(name)).hasSize(1);
      assertThat(queuesWith(name).getFirst())
          .filteredOn(message -> name.equals(message.shardingKey()))
          .extracting(SendKindsTest::text)
          .containsExactlyElementsOf(
              IntStream.range(0, 100).mapToObj(i -> "m" + (3 * i + first)).toList());
    }
  }

  @Test
  void orderedMessagesWithoutAKeyKeepTheOrderOfTheirTopic() {
    for (int i = 0; i < 8; i++) {
      assertThat(send(ordered().setMessageBody("m" + i)).getMessage()).isEmpty();
    }

    assertThat(queues()).filteredOn(queue -> !queue.isEmpty()).hasSize(1);
  }

  @Test
  void theKeyMayStandInEitherPlace() {
    var property = MessageProperties.newBuilder().setShardingKey("k");

    SendMessageResponse one = send(text().setProperties(property));
    SendMessageResponse both = send(text().setProperties(property).setShardingKey("k"));
    SendMessageResponse differing = send(text().setProperties(property).setShardingKey("l"));

    assertThat(one.getSuccess()).isTrue();
    assertThat(both.getSuccess()).isTrue();
    assertRefused(
        differing,
        "sharding_key: \"l\" beside properties.sharding_key \"k\" (expected: one of them, or equal"
            + " ones)");
    assertThat(stored()).extracting(OutboundMessage::shardingKey).containsExactly("k", "k");
  }

  @Test
  void anOrderedMessageIsNotDelayed() {
    SendMessageResponse sent =
        send(text().setProperties(MessageProperties.newBuilder().setStartDeliverTime(LATER)));

    assertRefused(
        sent,
        "properties.start_deliver_time: 4102444800000 (expected: 0, as an ordered message cannot be"
            + " delayed)");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 18})
  void aDelayMayBeALevel(int level) {
    SendMessageResponse sent = send(delayed().setDelayTimeLevel(level));

    assertThat(sent.getMessage()).isEmpty();
    assertThat(sent.getMessageId()).isNotEmpty();
    assertThat(sent.getReceiptHandle()).isEqualTo(sent.getMessageId());
  }

  static Stream<Arguments> delays() {
    return Stream.of(
        Arguments.of(
            delayed(), "delay_time_level: 0 without a start_deliver_time (expected: one of them)"),
        Arguments.of(delayed().setDelayTimeLevel(19), "delay_time_level: 19 (expected: 1 to 18)"),
        Arguments.of(delayed().setDelayTimeLevel(-1), "delay_time_level: -1 (expected: 1 to 18)"),
        Arguments.of(
            delayed().setDelayTimeLevel(4_294_967_297L),
            "delay_time_level: 4294967297 (expected: 1 to 18)"),
        Arguments.of(
            delayed().setDelayTimeLevel(3).setStartDeliverTime(LATER),
            "delay_time_level: 3 beside start_deliver_time 4102444800000 (expected: one of them)"),
        Arguments.of(
            delayed()
                .setDelayTimeLevel(3)
                .setProperties(MessageProperties.newBuilder().setStartDeliverTime(LATER)),
            "delay_time_level: 3 beside properties.start_deliver_time 4102444800000 (expected: one"
                + " of them)"),
        Arguments.of(
            delayed()
                .setStartDeliverTime(LATER)
                .setProperties(MessageProperties.newBuilder().setStartDeliverTime(LATER + 1)),
            "start_deliver_time: 4102444800000 beside properties.start_deliver_time 4102444800001"
                + " (expected: one of them, or equal ones)"),
        Arguments.of(
            delayed().setStartDeliverTime(-1),
            "start_deliver_time: -1 (expected: milliseconds since the epoch, or 0 for at once)"));
  }

  @ParameterizedTest
  @MethodSource("delays")
  void aDelayThatMakesNoSenseIsRefused(SendDelayMessageRequest.Builder request, String text) {
    assertRefused(send(request), text);
  }

  @Test
  void aTimeThatHasPassedDeliversAtOnce() {
    assertThat(send(delayed().setStartDeliverTime(1)).getSuccess()).isTrue();

    assertThat(stored()).extracting(OutboundMessage::schedule).containsExactly(Schedule.NOW);
  }

  @Test
  void whatIsDelayedArrivesThenAndNotBefore() throws Exception {
    // given
    Inbox inbox = Inbox.reading(caller.channel(), caller.consumer(TOPIC, "g"));
    long before = System.currentTimeMillis();

    // when
    send(delayed().setDelayTimeLevel(1).setRawBody(ByteString.copyFromUtf8("a second")));
    // Not from before the first, which may take its time to be sent.
    long later = System.currentTimeMillis() + 1500;
    send(delayed().setStartDeliverTime(later).setMessageBody("later"));

    // then
    assertThat(inbox.next().getMessageBody()).isEqualTo("a second");
    assertThat(System.currentTimeMillis()).isGreaterThanOrEqualTo(before + 1000);
    assertThat(inbox.next().getMessageBody()).isEqualTo("later");
    assertThat(System.currentTimeMillis()).isGreaterThanOrEqualTo(later);
  }

  private static SendOrderedMessageRequest.Builder ordered() {
    return SendOrderedMessageRequest.newBuilder();
  }

  private static SendOrderedMessageRequest.Builder text() {
    return ordered().setMessageBody("text");
  }

  private static SendDelayMessageRequest.Builder delayed() {
    return SendDelayMessageRequest.newBuilder();
  }

  private SendMessageResponse send(SendOrderedMessageRequest.Builder request) {
    return caller.stub().sendOrderedMessage(request.setProducerId(producer).build());
  }

  private SendMessageResponse send(SendDelayMessageRequest.Builder request) {
    if (request.getMessageBody().isEmpty() && request.getRawBody().isEmpty()) {
      request.setMessageBody("text");
    }
    return caller.stub().sendDelayMessage(request.setProducerId(producer).build());
  }

  private static void assertRefused(SendMessageResponse response, String text) {
    assertThat(response.getSuccess()).isFalse();
    assertThat(response.getFailureCode()).isEqualTo(FailureCode.INVALID_ARGUMENT);
    assertThat(response.getMessage()).isEqualTo(text);
  }

  private List<List<OutboundMessage>> queues() {
    return server.backend.stored(ProxyServer.ADDRESS, TOPIC);
  }

  private List<OutboundMessage> stored() {
    return queues().stream().flatMap(List::stream).toList();
  }

  private List<List<OutboundMessage>> queuesWith(String key) {
    return queues().stream()
        .filter(queue -> queue.stream().anyMatch(message -> key.equals(message.shardingKey())))
        .toList();
  }

  private static String text(OutboundMessage message) {
    return UTF_8.decode(message.body().duplicate()).toString();
  }
}
