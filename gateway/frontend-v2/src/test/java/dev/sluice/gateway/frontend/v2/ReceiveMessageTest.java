package dev.sluice.gateway.frontend.v2;

import static dev.sluice.gateway.frontend.v2.V2Client.GROUP;
import static dev.sluice.gateway.frontend.v2.V2Client.TOPIC;
import static dev.sluice.gateway.frontend.v2.V2Client.message;
import static dev.sluice.gateway.frontend.v2.V2Client.receive;
import static dev.sluice.gateway.frontend.v2.V2Client.resource;
import static dev.sluice.gateway.frontend.v2.V2Client.soon;
import static dev.sluice.gateway.frontend.v2.V2Client.tags;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.gateway.frontend.testing.FrontendServer;
import dev.sluice.gateway.proto.v2.Broker;
import dev.sluice.gateway.proto.v2.Code;
import dev.sluice.gateway.proto.v2.DigestType;
import dev.sluice.gateway.proto.v2.Encoding;
import dev.sluice.gateway.proto.v2.Message;
import dev.sluice.gateway.proto.v2.MessageType;
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
    var stub = client.within(3000);

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

  @Test
  void failuresOfTheMessageSystemAreTold() {
    server
        .backend()
        .faults()
        .failNext(Operation.RECEIVE, GatewayException.unavailable("no broker", null));

    assertThat(client.codeOf(receive())).isEqualTo(Code.HA_NOT_AVAILABLE);
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

  private int hidden() {
    return server.backend().hidden(FrontendServer.ADDRESS, TOPIC, GROUP);
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
