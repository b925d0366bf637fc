package dev.sluice.gateway.frontend.v2;

import static dev.sluice.gateway.frontend.v2.V2Client.GROUP;
import static dev.sluice.gateway.frontend.v2.V2Client.TOPIC;
import static dev.sluice.gateway.frontend.v2.V2Client.message;
import static dev.sluice.gateway.frontend.v2.V2Client.resource;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.gateway.frontend.testing.FrontendServer;
import dev.sluice.gateway.proto.v2.Broker;
import dev.sluice.gateway.proto.v2.Code;
import dev.sluice.gateway.proto.v2.FilterExpression;
import dev.sluice.gateway.proto.v2.FilterType;
import dev.sluice.gateway.proto.v2.Message;
import dev.sluice.gateway.proto.v2.MessageQueue;
import dev.sluice.gateway.proto.v2.MessagingServiceGrpc;
import dev.sluice.gateway.proto.v2.PullMessageRequest;
import dev.sluice.gateway.proto.v2.PullMessageResponse;
import dev.sluice.gateway.proto.v2.PullMessageResponse.ContentCase;
import dev.sluice.gateway.proto.v2.SystemProperties;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.testing.MemoryFaults.Operation;
import dev.sluice.gateway.spi.testing.MemoryOptions;
import dev.sluice.gateway.upstreams.GatewaySettings;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Reads of a queue from an offset on. */
@Timeout(60)
class PullMessageTest {

  private FrontendServer server;
  private V2Client client;

  @BeforeEach
  void start() throws Exception {
    server = V2Client.server(GatewaySettings.DEFAULTS, MemoryOptions.DEFAULTS.withQueues(1));
    client = V2Client.of(server, "puller");
    server.backend().makeTopic(FrontendServer.ADDRESS, TOPIC);
  }

  @AfterEach
  void nothingIsLeftOpen() throws Exception {
    server.stop();
  }

  @Test
  void theAnswerIsAStatusTheMessagesAndTheOffsetToGoOnAt() {
    send("a", "b", "c");

    List<PullMessageResponse> answers = answers(pull(1).setBatchSize(2));

    assertThat(answers)
        .extracting(PullMessageResponse::getContentCase)
        .containsExactly(
            ContentCase.STATUS, ContentCase.MESSAGE, ContentCase.MESSAGE, ContentCase.NEXT_OFFSET);
    assertThat(answers.getFirst().getStatus().getCode()).isEqualTo(Code.OK);
    assertThat(answers.getLast().getNextOffset()).isEqualTo(3);
    Message first = answers.get(1).getMessage();
    assertThat(first.getTopic()).isEqualTo(resource(TOPIC));
    assertThat(first.getBody().toStringUtf8()).isEqualTo("b");
    assertThat(first.getSystemProperties().getQueueOffset()).isEqualTo(1);
    assertThat(first.getSystemProperties().getQueueId()).isZero();
    assertThat(first.getSystemProperties().hasReceiptHandle()).as("nobody was given it").isFalse();
    assertThat(first.getSystemProperties().getBodyDigest().getChecksum()).isNotEmpty();
  }

  @Test
  void everyoneReadsTheSameHoweverOften() {
    send("a");

    assertThat(bodies(pull(0))).containsExactly("a");
    assertThat(bodies(pull(0))).containsExactly("a");
    assertThat(server.backend().hidden(FrontendServer.ADDRESS, TOPIC, GROUP)).isZero();
  }

  @Test
  void anAnswerHasAtMost32Messages() {
    for (int i = 0; i < 40; i++) {
      send("m" + i);
    }

    assertThat(bodies(pull(0).setBatchSize(32))).hasSize(32);
    assertThat(bodies(pull(0).setBatchSize(1000))).hasSize(32);
    assertThat(codeOf(pull(0).setBatchSize(0))).isEqualTo(Code.BAD_REQUEST);
  }

  @Test
  void atItsEndAQueueIsWaitedAt() throws Exception {
    send("a");
    int before = server.backend().faults().calls(Operation.PULL);
    CompletableFuture<List<String>> waiting =
        CompletableFuture.supplyAsync(
            () -> bodies(pull(1).setLongPollingTimeout(Times.duration(15_000))));
    await().until(() -> server.backend().faults().calls(Operation.PULL) > before);

    send("b");

    assertThat(waiting.get(20, TimeUnit.SECONDS)).containsExactly("b");
  }

  @Test
  void noMessageIsAStatusAndTheOffsetToGoOnAt() {
    send("a");

    assertThat(answers(pull(1)))
        .satisfiesExactly(
            status -> assertThat(status.getStatus().getCode()).isEqualTo(Code.MESSAGE_NOT_FOUND),
            next -> assertThat(next.getNextOffset()).isEqualTo(1));
  }

  @Test
  void anOffsetThatTheQueueDoesNotHaveIsIllegalAndTheNearestIsTold() {
    send("a");

    assertThat(answers(pull(7)))
        .satisfiesExactly(
            status -> assertThat(status.getStatus().getCode()).isEqualTo(Code.ILLEGAL_OFFSET),
            next -> assertThat(next.getNextOffset()).isEqualTo(1));
    assertThat(codeOf(pull(-1))).isEqualTo(Code.ILLEGAL_OFFSET);
  }

  @Test
  void whatTheFilterDoesNotWantIsPassedOver() {
    for (String tag : List.of("x", "y", "x", "z")) {
      client.sendOk(message(tag, SystemProperties.newBuilder().setTag(tag)));
    }

    List<PullMessageResponse> answers = answers(tagged("y", 0));

    assertThat(answers.get(1).getMessage().getBody().toStringUtf8()).isEqualTo("y");
    assertThat(answers(tagged("none", 0)).getLast().getNextOffset()).isEqualTo(4);
    assertThat(codeOf(tagged("a|b", 0))).isEqualTo(Code.ILLEGAL_FILTER_EXPRESSION);
  }

  private static PullMessageRequest.Builder tagged(String tags, long offset) {
    return pull(offset)
        .setFilterExpression(
            FilterExpression.newBuilder().setType(FilterType.TAG).setExpression(tags));
  }

  @Test
  void whatIsNotThereOrIllegalIsTold() {
    assertThat(codeOf(pull(0).setMessageQueue(queue("missing", "memory-0", 0))))
        .isEqualTo(Code.TOPIC_NOT_FOUND);
    assertThat(codeOf(pull(0).setMessageQueue(queue("a b", "memory-0", 0))))
        .isEqualTo(Code.ILLEGAL_TOPIC);
    assertThat(codeOf(pull(0).setMessageQueue(queue(TOPIC, "elsewhere", 0))))
        .isEqualTo(Code.HA_NOT_AVAILABLE);
    assertThat(codeOf(pull(0).setMessageQueue(queue(TOPIC, "", 0)))).isEqualTo(Code.BAD_REQUEST);
    assertThat(codeOf(pull(0).setMessageQueue(queue(TOPIC, "n".repeat(256), 0))))
        .isEqualTo(Code.BAD_REQUEST);
    assertThat(codeOf(pull(0).setMessageQueue(queue(TOPIC, "memory-0", -1))))
        .isEqualTo(Code.BAD_REQUEST);
    assertThat(codeOf(pull(0).setMessageQueue(queue(TOPIC, "memory-0", 1))))
        .isEqualTo(Code.BAD_REQUEST);
    assertThat(codeOf(pull(0).setGroup(resource("")))).isEqualTo(Code.ILLEGAL_CONSUMER_GROUP);
    server
        .backend()
        .faults()
        .failNext(Operation.PULL, GatewayException.unavailable("no broker", null));
    assertThat(codeOf(pull(0))).isEqualTo(Code.HA_NOT_AVAILABLE);
  }

  @Test
  void aPullEndsBeforeTheCallersDeadline() {
    var stub = client.within(2000);

    var answers = stub.pullMessage(pull(0).setLongPollingTimeout(Times.duration(20_000)).build());

    assertThat(answers.next().getStatus().getCode()).isEqualTo(Code.MESSAGE_NOT_FOUND);
    assertThat(client.within(450).pullMessage(pull(0).build()).next().getStatus().getCode())
        .isEqualTo(Code.ILLEGAL_POLLING_TIME);
  }

  @Test
  void aCallerThatIsGoneLeavesNothingWaiting() throws Exception {
    V2Client other = V2Client.of(server, "other");
    int before = server.backend().faults().calls(Operation.PULL);
    MessagingServiceGrpc.newStub(other.channel())
        .pullMessage(pull(0).setLongPollingTimeout(Times.duration(20_000)).build(), new Ignored());
    await().until(() -> server.backend().faults().calls(Operation.PULL) > before);

    server.disconnect(other.connection());

    // then: stopping the server, which expects that nothing is left, does not wait for it
    long since = System.nanoTime();
    server.closeGateway();
    assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - since)).isLessThan(10);
  }

  private static final class Ignored implements io.grpc.stub.StreamObserver<PullMessageResponse> {
    @Override
    public void onNext(PullMessageResponse response) {}

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onCompleted() {}
  }

  @Test
  void aGatewayThatClosesAnswersWhatWaitsAsIfItsTimeWereUp() throws Exception {
    int before = server.backend().faults().calls(Operation.PULL);
    CompletableFuture<List<PullMessageResponse>> waiting =
        CompletableFuture.supplyAsync(
            () -> answers(pull(0).setLongPollingTimeout(Times.duration(20_000))));
    await().until(() -> server.backend().faults().calls(Operation.PULL) > before);

    server.closeGateway();

    List<PullMessageResponse> answers = waiting.get(10, TimeUnit.SECONDS);
    assertThat(answers.getFirst().getStatus().getCode()).isEqualTo(Code.MESSAGE_NOT_FOUND);
    assertThat(answers.getLast().getNextOffset()).isZero();
  }

  private void send(String... bodies) {
    for (String body : bodies) {
      client.sendOk(message(body).build());
    }
  }

  private static PullMessageRequest.Builder pull(long offset) {
    return PullMessageRequest.newBuilder()
        .setGroup(resource(GROUP))
        .setMessageQueue(queue(TOPIC, "memory-0", 0))
        .setOffset(offset)
        .setBatchSize(32)
        .setLongPollingTimeout(Times.duration(0));
  }

  private static MessageQueue queue(String topic, String broker, int id) {
    return MessageQueue.newBuilder()
        .setTopic(resource(topic))
        .setBroker(Broker.newBuilder().setName(broker))
        .setId(id)
        .build();
  }

  private List<PullMessageResponse> answers(PullMessageRequest.Builder request) {
    var all = new ArrayList<PullMessageResponse>();
    client.stub().pullMessage(request.build()).forEachRemaining(all::add);
    return all;
  }

  private List<String> bodies(PullMessageRequest.Builder request) {
    return answers(request).stream()
        .filter(PullMessageResponse::hasMessage)
        .map(answer -> answer.getMessage().getBody().toStringUtf8())
        .toList();
  }

  private Code codeOf(PullMessageRequest.Builder request) {
    return answers(request).getFirst().getStatus().getCode();
  }
}
