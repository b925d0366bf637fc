package dev.sluice.gateway.frontend.v2;

import static dev.sluice.gateway.frontend.v2.V2Client.GROUP;
import static dev.sluice.gateway.frontend.v2.V2Client.TOPIC;
import static dev.sluice.gateway.frontend.v2.V2Client.message;
import static dev.sluice.gateway.frontend.v2.V2Client.receive;
import static dev.sluice.gateway.frontend.v2.V2Client.resource;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Duration;
import dev.sluice.gateway.frontend.testing.FrontendServer;
import dev.sluice.gateway.proto.v2.Broker;
import dev.sluice.gateway.proto.v2.Code;
import dev.sluice.gateway.proto.v2.DigestType;
import dev.sluice.gateway.proto.v2.Encoding;
import dev.sluice.gateway.proto.v2.FilterExpression;
import dev.sluice.gateway.proto.v2.FilterType;
import dev.sluice.gateway.proto.v2.Message;
import dev.sluice.gateway.proto.v2.MessageQueue;
import dev.sluice.gateway.proto.v2.MessageType;
import dev.sluice.gateway.proto.v2.MessagingServiceGrpc;
import dev.sluice.gateway.proto.v2.ReceiveMessageRequest;
import dev.sluice.gateway.proto.v2.ReceiveMessageResponse;
import dev.sluice.gateway.proto.v2.ReceiveMessageResponse.ContentCase;
import dev.sluice.gateway.proto.v2.Resource;
import dev.sluice.gateway.proto.v2.Status;
import dev.sluice.gateway.proto.v2.SystemProperties;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.testing.MemoryFaults.Operation;
import dev.sluice.gateway.spi.testing.MemoryOptions;
import dev.sluice.gateway.upstreams.GatewaySettings;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Receives: what they answer and in which order, what they refuse, and who gives up on them. */
@Timeout(60)
class ReceiveMessageTest {

  private final CancellableCalls contexts = new CancellableCalls();
  private FrontendServer server;
  private V2Client client;

  @BeforeEach
  void start() throws Exception {
    server = V2Client.server(GatewaySettings.DEFAULTS, MemoryOptions.DEFAULTS, contexts);
    client = V2Client.of(server, "consumer");
    server.backend().makeTopic(FrontendServer.ADDRESS, TOPIC);
    client.subscribe();
  }

  @AfterEach
  void nothingIsLeftOpen() throws Exception {
    server.stop();
  }

  @Test
  void theAnswerIsAStatusTheMessagesAndTheTimeOfDelivery() {
    client.sendOk(message("a").build());
    client.sendOk(message("b").build());

    List<ReceiveMessageResponse> answers = client.answers(receive());

    assertThat(answers)
        .extracting(ReceiveMessageResponse::getContentCase)
        .containsExactly(
            ContentCase.STATUS,
            ContentCase.MESSAGE,
            ContentCase.MESSAGE,
            ContentCase.DELIVERY_TIMESTAMP);
    assertThat(answers.getFirst().getStatus().getCode()).isEqualTo(Code.OK);
  }

  @Test
  void clientsOfOneGroupMustAskForTheSame() {
    // given
    client.sendOk(message("a").build());
    assertThat(client.answers(receive())).isNotEmpty();
    V2Client other = V2Client.of(server, "other");

    // when
    List<ReceiveMessageResponse> answers = other.answers(receive().setFilterExpression(tags("b")));

    // then
    assertThat(answers).hasSize(1);
    Status status = answers.getFirst().getStatus();
    assertThat(status.getCode()).isEqualTo(Code.PRECONDITION_FAILED);
    assertThat(status.getMessage())
        .isEqualTo(
            "group: billing filter: b (expected: as the group's other members ask for on orders,"
                + " *)");
  }

  @Test
  void aMessageArrivesAsItWasSent() {
    // given
    client.sendOk(
        message(
                "123456789",
                SystemProperties.newBuilder()
                    .setMessageId("01ABCD")
                    .setTag("created")
                    .addKeys("order-1")
                    .setBornTimestamp(Times.timestamp(1_700_000_000_123L))
                    .setBornHost("host-7")
                    .setMessageType(MessageType.FIFO)
                    .setMessageGroup("customer-7"))
            .toBuilder()
            .putUserProperties("colour", "blue")
            .build());

    // when
    Message message = client.messages(receive()).getFirst();

    // then
    SystemProperties system = message.getSystemProperties();
    assertThat(message.getTopic()).isEqualTo(resource(TOPIC));
    assertThat(message.getBody().toStringUtf8()).isEqualTo("123456789");
    assertThat(message.getUserPropertiesMap()).containsExactly(Map.entry("colour", "blue"));
    assertThat(system.getMessageId()).isEqualTo("01ABCD");
    assertThat(system.getTag()).isEqualTo("created");
    assertThat(system.getKeysList()).containsExactly("order-1");
    assertThat(system.getBornTimestamp()).isEqualTo(Times.timestamp(1_700_000_000_123L));
    assertThat(system.getBornHost()).isEqualTo("host-7");
    assertThat(system.getMessageType()).isEqualTo(MessageType.FIFO);
    assertThat(system.getMessageGroup()).isEqualTo("customer-7");
    assertThat(system.getBodyEncoding()).isEqualTo(Encoding.IDENTITY);
    assertThat(system.getInvisibleDuration()).isEqualTo(Times.duration(30_000));
    assertThat(system.getDeliveryAttempt()).isEqualTo(1);
    assertThat(system.getReceiptHandle()).isNotEmpty();
    assertThat(system.hasStoreTimestamp()).isTrue();
    // md5 of 123456789, as every implementation has it.
    assertThat(system.getBodyDigest().getType()).isEqualTo(DigestType.MD5);
    assertThat(system.getBodyDigest().getChecksum()).isEqualTo("25F9E794323B453885F5181F1B624D0B");
  }

  @Test
  void aMessageWithoutAGroupIsNormalAndHasNoTag() {
    client.sendOk(message("a").build());

    SystemProperties system = client.messages(receive()).getFirst().getSystemProperties();

    assertThat(system.getMessageType()).isEqualTo(MessageType.NORMAL);
    assertThat(system.hasMessageGroup()).isFalse();
    assertThat(system.hasTag()).isFalse();
  }

  @Test
  void aNamespaceIsNotPartOfTheTopicThatArrives() {
    Resource topic = Resource.newBuilder().setResourceNamespace("eu").setName("invoices").build();
    server.backend().makeTopic(FrontendServer.ADDRESS, "eu%invoices");
    ReceiveMessageRequest.Builder request = receive();
    request.getMessageQueueBuilder().setTopic(topic);
    client.answers(request.clone().setLongPollingTimeout(Times.duration(0)));
    client.sendOk(message("a").setTopic(topic).build());

    assertThat(client.messages(request).getFirst().getTopic()).isEqualTo(topic);
  }

  @Test
  void theStreamEndsAsSoonAsTheFirstMessageIsThere() {
    Receiving waiting = begin(receive());
    long sentAt = System.nanoTime();
    client.sendOk(message("a").build());

    await().until(() -> waiting.ended());

    assertThat(waiting.messages()).isEqualTo(1);
    assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - sentAt)).isLessThan(10);
  }

  @Test
  void noMessageIsAStatusOnly() {
    assertThat(client.answers(receive().setLongPollingTimeout(Times.duration(100))))
        .extracting(answer -> answer.getStatus().getCode())
        .containsExactly(Code.MESSAGE_NOT_FOUND);
  }

  @Test
  void aReceiveEndsBeforeTheCallersDeadline() {
    var stub =
        MessagingServiceGrpc.newBlockingStub(client.channel())
            .withDeadlineAfter(3, TimeUnit.SECONDS);

    var answers = stub.receiveMessage(receive().build());

    assertThat(answers.next().getStatus().getCode()).isEqualTo(Code.MESSAGE_NOT_FOUND);
    assertThat(answers.hasNext()).isFalse();
  }

  @Test
  void onlyMessagesThatTheFilterAsksForArrive() {
    ReceiveMessageRequest.Builder request = receive().setFilterExpression(tags("a || b"));
    client.answers(request.clone().setLongPollingTimeout(Times.duration(0)));
    for (String tag : List.of("c", "a", "b")) {
      client.sendOk(message(tag, SystemProperties.newBuilder().setTag(tag)));
    }

    assertThat(client.messages(request))
        .extracting(message -> message.getSystemProperties().getTag())
        .containsExactlyInAnyOrder("a", "b");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a|b", "a||", "||", "a||*"})
  void tagsAreSeparatedByTwoBars(String expression) {
    assertThat(codeOf(receive().setFilterExpression(tags(expression))))
        .isEqualTo(Code.ILLEGAL_FILTER_EXPRESSION);
  }

  @Test
  void aFilterIsOfAKnownTypeAndHasAtMost1024Characters() {
    assertThat(codeOf(receive().setFilterExpression(tags("t".repeat(1025)))))
        .isEqualTo(Code.ILLEGAL_FILTER_EXPRESSION);
    assertThat(codeOf(soon().setFilterExpression(tags("t".repeat(1024)))))
        .isEqualTo(Code.MESSAGE_NOT_FOUND);
    assertThat(
            codeOf(
                receive()
                    .setFilterExpression(
                        tags("t").toBuilder().setTypeValue(FilterType.SQL_VALUE + 7))))
        .isEqualTo(Code.ILLEGAL_FILTER_EXPRESSION);
  }

  @Test
  void aMessageIsHiddenFor10SecondsTo12Hours() {
    assertThat(codeOf(soon().setInvisibleDuration(Times.duration(9_999))))
        .isEqualTo(Code.ILLEGAL_INVISIBLE_TIME);
    assertThat(codeOf(soon().setInvisibleDuration(Times.duration(10_000))))
        .isEqualTo(Code.MESSAGE_NOT_FOUND);
    assertThat(codeOf(soon().setInvisibleDuration(Times.duration(12 * 3_600_000))))
        .isEqualTo(Code.MESSAGE_NOT_FOUND);
    assertThat(codeOf(soon().setInvisibleDuration(Times.duration(12 * 3_600_000 + 1))))
        .isEqualTo(Code.ILLEGAL_INVISIBLE_TIME);
    assertThat(
            codeOf(soon().setInvisibleDuration(Duration.newBuilder().setSeconds(Long.MAX_VALUE))))
        .isEqualTo(Code.ILLEGAL_INVISIBLE_TIME);
    assertThat(codeOf(soon().clearInvisibleDuration())).isEqualTo(Code.ILLEGAL_INVISIBLE_TIME);
    assertThat(codeOf(soon().clearInvisibleDuration().setAutoRenew(true)))
        .isEqualTo(Code.MESSAGE_NOT_FOUND);
  }

  @Test
  void anAnswerHasAtMost32MessagesHoweverManyAreAskedFor() {
    Message[] many = new Message[40];
    for (int i = 0; i < many.length; i++) {
      many[i] = message("m" + i).build();
    }
    client.sendOk(many);

    assertThat(codeOf(soon().setBatchSize(0))).isEqualTo(Code.BAD_REQUEST);
    assertThat(codeOf(soon().setBatchSize(-1))).isEqualTo(Code.BAD_REQUEST);
    assertThat(client.messages(receive().setBatchSize(3))).hasSize(3);
    assertThat(client.messages(receive().setBatchSize(1000))).hasSize(32);
    assertThat(client.messages(receive().setBatchSize(32))).hasSize(5);
  }

  @Test
  void aDeadlineWithoutTimeForAnAnswerIsRefused() {
    var stub =
        MessagingServiceGrpc.newBlockingStub(client.channel())
            .withDeadlineAfter(450, TimeUnit.MILLISECONDS);

    assertThat(stub.receiveMessage(receive().build()).next().getStatus().getCode())
        .isEqualTo(Code.ILLEGAL_POLLING_TIME);
  }

  @Test
  void topicAndGroupAreChecked() {
    ReceiveMessageRequest.Builder missing = receive();
    missing.getMessageQueueBuilder().setTopic(resource("missing"));
    ReceiveMessageRequest.Builder illegal = receive();
    illegal.getMessageQueueBuilder().setTopic(resource("a b"));

    assertThat(codeOf(missing)).isEqualTo(Code.TOPIC_NOT_FOUND);
    assertThat(codeOf(illegal)).isEqualTo(Code.ILLEGAL_TOPIC);
    assertThat(codeOf(receive().setGroup(resource("")))).isEqualTo(Code.ILLEGAL_CONSUMER_GROUP);
    assertThat(codeOf(receive().setGroup(resource("g".repeat(121)))))
        .isEqualTo(Code.ILLEGAL_CONSUMER_GROUP);
    assertThat(codeOf(soon().setGroup(resource("g".repeat(120)))))
        .isEqualTo(Code.MESSAGE_NOT_FOUND);
  }

  @Test
  void aBrokerThatIsNotThereIsToldAsThat() {
    assertThat(codeOf(receive().setMessageQueue(at("elsewhere")))).isEqualTo(Code.HA_NOT_AVAILABLE);
    assertThat(codeOf(receive().setMessageQueue(at("n".repeat(256))))).isEqualTo(Code.BAD_REQUEST);
  }

  @Test
  void anAttemptIdHasAtMost255Characters() {
    assertThat(codeOf(soon().setAttemptId("a".repeat(255)))).isEqualTo(Code.MESSAGE_NOT_FOUND);
    assertThat(codeOf(soon().setAttemptId("a".repeat(256)))).isEqualTo(Code.BAD_REQUEST);
  }

  @Test
  void failuresOfTheMessageSystemAreTold() {
    server
        .backend()
        .faults()
        .failNext(Operation.RECEIVE, GatewayException.unavailable("no broker", null));

    assertThat(codeOf(receive())).isEqualTo(Code.HA_NOT_AVAILABLE);
  }

  @Test
  void whatComesAfterTheCallerCancelledReachesOthers() {
    // given
    Receiving given = begin(receive());
    given.cancel();
    await().until(() -> given.ended());
    Message sent = message("a").build();

    // when
    client.sendOk(sent);

    // then: the cancelled receive has not even taken it
    Message received = client.messages(receive()).getFirst();
    SystemProperties system = received.getSystemProperties();
    assertThat(system.getMessageId()).isEqualTo(sent.getSystemProperties().getMessageId());
    assertThat(system.getDeliveryAttempt()).isEqualTo(1);
    assertThat(hidden()).isEqualTo(1);
  }

  @Test
  void aConnectionThatBreaksWhileItsReceiveBeginsTakesNothing() throws Exception {
    // given
    V2Client other = V2Client.of(server, "other");
    server.backend().faults().hold(Operation.RECEIVE);
    begin(other, receive());
    client.sendOk(message("a").build());
    server.disconnect(other.connection());

    // when
    server.backend().faults().release(Operation.RECEIVE);

    // then
    assertThat(client.messages(receive())).hasSize(1);
    assertThat(hidden()).isEqualTo(1);
  }

  @Test
  void whatComesAfterTheCallsDeadlineComesAgainAtOnce() {
    // given: the call is over, and its receive has not been told yet
    Receiving late = begin(receive());
    contexts.cancelLast();

    // when
    client.sendOk(message("a").build());

    // then: not only after its invisible duration, which is longer than a receive waits
    assertThat(client.messages(receive())).hasSize(1);
    assertThat(late.messages()).isZero();
    late.cancel();
  }

  @Test
  void aGroupThatConsumesInOrderGetsNoMoreOfAQueueWhileAnythingOfItIsHeld() {
    // given: nobody has told any settings
    server.backend().configure(FrontendServer.ADDRESS, V2Client.ordered("ordered"));
    client.answers(ofOrdered("first").setLongPollingTimeout(Times.duration(0)));
    for (String body : List.of("a", "b")) {
      client.sendOk(fifo(body));
    }

    Message first = client.messages(ofOrdered("one").setBatchSize(1)).getFirst();

    assertThat(codeOf(ofOrdered("two").setLongPollingTimeout(Times.duration(0))))
        .isEqualTo(Code.MESSAGE_NOT_FOUND);
    client.ackOf(TOPIC, "ordered", first.getSystemProperties().getReceiptHandle());
    Message second = client.messages(ofOrdered("three").setBatchSize(1)).getFirst();
    assertThat(List.of(first.getBody().toStringUtf8(), second.getBody().toStringUtf8()))
        .containsExactly("a", "b");
  }

  @Test
  void anAttemptThatIsRepeatedGetsTheSameMessagesAgain() {
    server.backend().configure(FrontendServer.ADDRESS, V2Client.ordered("ordered"));
    client.answers(ofOrdered("first").setLongPollingTimeout(Times.duration(0)));
    client.sendOk(fifo("a"));
    Message first = client.messages(ofOrdered("one")).getFirst();

    Message repeated = client.messages(ofOrdered("one")).getFirst();

    assertThat(repeated.getBody()).isEqualTo(first.getBody());
    assertThat(repeated.getSystemProperties().getDeliveryAttempt()).isEqualTo(1);
  }

  @Test
  void aMessageThatWasTriedAsOftenAsItsGroupAllowsIsADeadLetter() {
    server.backend().configure(FrontendServer.ADDRESS, V2Client.ordered(GROUP));
    client.sendOk(fifo("a"));
    ReceiveMessageRequest.Builder briefly =
        receive().setInvisibleDuration(Times.duration(10_000)).setAttemptId("a");

    for (int attempt = 1; attempt <= 3; attempt++) {
      assertThat(client.messages(briefly).getFirst().getSystemProperties().getDeliveryAttempt())
          .isEqualTo(attempt);
      server.pass(java.time.Duration.ofSeconds(11));
    }

    assertThat(codeOf(soon())).isEqualTo(Code.MESSAGE_NOT_FOUND);
    await()
        .until(
            () ->
                server.backend().stored(FrontendServer.ADDRESS, "%DLQ%" + GROUP).stream()
                    .anyMatch(queue -> queue.size() == 1));
  }

  @Test
  void aPushConsumerGetsTheQueueThatItWasAssigned() {
    for (int i = 0; i < 4; i++) {
      client.sendOk(message("m" + i).build());
    }
    ReceiveMessageRequest.Builder ofQueue2 = soon().clearInvisibleDuration().setAutoRenew(true);
    ofQueue2
        .getMessageQueueBuilder()
        .setId(2)
        .setBroker(Broker.newBuilder().setName("memory-0").build());

    assertThat(client.messages(ofQueue2))
        .extracting(message -> message.getSystemProperties().getQueueId())
        .containsExactly(2);
  }

  @Test
  void aSimpleConsumerGetsWhatTheWholeBrokerHas() {
    for (int i = 0; i < 4; i++) {
      client.sendOk(message("m" + i).build());
    }
    ReceiveMessageRequest.Builder ofQueue2 = soon();
    ofQueue2
        .getMessageQueueBuilder()
        .setId(2)
        .setBroker(Broker.newBuilder().setName("memory-0").build());

    assertThat(client.messages(ofQueue2)).hasSize(4);
  }

  @Test
  void aGroupThatIsNotThereIsToldAsThat() {
    server
        .backend()
        .faults()
        .failNext(
            Operation.GROUP,
            GatewayException.notFound(GatewayException.Subject.GROUP, "group: none"));

    assertThat(codeOf(receive().setGroup(resource("missing"))))
        .isEqualTo(Code.CONSUMER_GROUP_NOT_FOUND);
  }

  private static ReceiveMessageRequest.Builder ofOrdered(String attempt) {
    return receive().setGroup(resource("ordered")).setAttemptId(attempt);
  }

  private static Message fifo(String body) {
    return message(
        body,
        SystemProperties.newBuilder()
            .setMessageType(MessageType.FIFO)
            .setMessageGroup("customer-7"));
  }

  private int hidden() {
    return server.backend().hidden(FrontendServer.ADDRESS, TOPIC, GROUP);
  }

  private Code codeOf(ReceiveMessageRequest.Builder request) {
    List<ReceiveMessageResponse> answers = client.answers(request);
    assertThat(answers).hasSize(1);
    return answers.getFirst().getStatus().getCode();
  }

  /** One that does not wait. */
  private static ReceiveMessageRequest.Builder soon() {
    return receive().setLongPollingTimeout(Times.duration(0));
  }

  private static FilterExpression tags(String expression) {
    return FilterExpression.newBuilder().setType(FilterType.TAG).setExpression(expression).build();
  }

  private static MessageQueue at(String broker) {
    return MessageQueue.newBuilder()
        .setTopic(resource(TOPIC))
        .setId(-1)
        .setBroker(Broker.newBuilder().setName(broker))
        .build();
  }

  private Receiving begin(ReceiveMessageRequest.Builder request) {
    return begin(client, request);
  }

  /** Begins a receive, and waits until it is under way. */
  private Receiving begin(V2Client by, ReceiveMessageRequest.Builder request) {
    return Receiving.begin(server, by, request);
  }

  /** Lets a test end a call before the transport tells that it has ended. */
  private static final class CancellableCalls implements ServerInterceptor {
    private volatile Context.@Nullable CancellableContext last;

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
      Context.CancellableContext context = Context.current().withCancellation();
      last = context;
      return Contexts.interceptCall(context, call, headers, next);
    }

    void cancelLast() {
      Objects.requireNonNull(last).cancel(null);
    }
  }
}
