package dev.sluice.gateway.frontend.v2;

import static dev.sluice.gateway.frontend.v2.V2Client.GROUP;
import static dev.sluice.gateway.frontend.v2.V2Client.TOPIC;
import static dev.sluice.gateway.frontend.v2.V2Client.resource;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.gateway.frontend.testing.FrontendServer;
import dev.sluice.gateway.proto.v2.ClientType;
import dev.sluice.gateway.proto.v2.Code;
import dev.sluice.gateway.proto.v2.FilterExpression;
import dev.sluice.gateway.proto.v2.Message;
import dev.sluice.gateway.proto.v2.Settings;
import dev.sluice.gateway.proto.v2.Status;
import dev.sluice.gateway.proto.v2.Subscription;
import dev.sluice.gateway.proto.v2.SubscriptionEntry;
import dev.sluice.gateway.proto.v2.TelemetryCommand;
import dev.sluice.gateway.proto.v2.ThreadStackTrace;
import dev.sluice.gateway.proto.v2.VerifyMessageResult;
import dev.sluice.gateway.spi.BodyEncoding;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.Delivery;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.MemberInquiries;
import dev.sluice.gateway.spi.MemberInquiries.Consumption;
import dev.sluice.gateway.spi.QueueId;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What administrators ask reaches the clients it is about, and only their answers count. */
class ClientInquiriesTest {

  private FrontendServer server;

  @BeforeEach
  void start() throws Exception {
    server = V2Client.server();
  }

  @AfterEach
  void nothingIsLeftOpen() throws Exception {
    server.stop();
  }

  @Test
  void everyClientOfTheGroupIsAskedWhatItsThreadsDo() throws Exception {
    Telemetry one = consumer("one", ClientType.PUSH_CONSUMER, GROUP);
    Telemetry two = consumer("two", ClientType.SIMPLE_CONSUMER, GROUP);
    Telemetry other = consumer("other", ClientType.PUSH_CONSUMER, "others");
    var all = new CountDownLatch(1);

    MemberInquiries.Asked asked = inquiries().threads(GROUP, all::countDown);
    one.say(trace(nonce(one), "main: waiting"));
    assertThat(all.getCount()).isOne();
    two.say(trace(nonce(two), "main: busy"));

    assertThat(all.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(asked.end())
        .containsExactlyInAnyOrder(
            new MemberInquiries.Threads("one", "main: waiting"),
            new MemberInquiries.Threads("two", "main: busy"));
    assertThat(isQuiet(other)).isTrue();
  }

  @Test
  void whoDoesNotAnswerInTimeIsToldAsThat() throws Exception {
    consumer("quiet", ClientType.PUSH_CONSUMER, GROUP);
    Telemetry refusing = consumer("refusing", ClientType.PUSH_CONSUMER, GROUP);
    MemberInquiries.Asked asked = inquiries().threads(GROUP, () -> {});

    refusing.say(
        trace(nonce(refusing), "").toBuilder()
            .setStatus(Status.newBuilder().setCode(Code.NOT_IMPLEMENTED).setMessage("no"))
            .build());

    await()
        .untilAsserted(
            () ->
                assertThat(asked.end())
                    .contains(
                        new MemberInquiries.Threads("refusing", "answers NOT_IMPLEMENTED: no")));
    assertThat(asked.end())
        .contains(new MemberInquiries.Threads("quiet", "has not answered in time"));
  }

  @Test
  void longAnswersAreCut() throws Exception {
    Telemetry client = consumer("wordy", ClientType.PUSH_CONSUMER, GROUP);
    var all = new CountDownLatch(1);
    MemberInquiries.Asked asked = inquiries().threads(GROUP, all::countDown);

    client.say(trace(nonce(client), "x".repeat(ThreadTraces.MOST_CHARACTERS + 7)));

    assertThat(all.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(asked.end().getFirst().text())
        .hasSizeLessThan(ThreadTraces.MOST_CHARACTERS + 100)
        .endsWith("x\n... and 7 more characters");
  }

  @Test
  void nobodyIsNobody() {
    var all = new CountDownLatch(1);

    MemberInquiries.Asked asked = inquiries().threads("nobody", all::countDown);

    assertThat(all.getCount()).isZero();
    assertThat(asked.end()).isEmpty();
  }

  @Test
  void anAnswerCountsOnlyFromTheClientThatWasAsked() throws Exception {
    Telemetry asked = consumer("asked", ClientType.PUSH_CONSUMER, GROUP);
    Telemetry stranger = consumer("stranger", ClientType.SIMPLE_CONSUMER, GROUP);
    CompletableFuture<Consumption> consumed = consume("m");
    String nonce = verify(asked).getVerifyMessageCommand().getNonce();

    // The same nonce from another client, in another form, and a guessed one, in one's own turn.
    stranger.say(result(nonce, Code.FAILED_TO_CONSUME_MESSAGE));
    asked.say(trace(nonce, "no result"));
    asked.say(result("00000000-0000-0000-0000-000000000000", Code.FAILED_TO_CONSUME_MESSAGE));
    assertThat(tellAgain(stranger, "stranger")).isEqualTo(Code.OK);
    assertThat(tellAgain(asked, "asked")).isEqualTo(Code.OK);
    assertThat(consumed).isNotDone();

    asked.say(result(nonce, Code.OK));
    assertThat(consumed.get(20, TimeUnit.SECONDS).result()).isEqualTo(Consumption.Result.CONSUMED);
  }

  @Test
  void aClientMayAnswerOnItsNextStream() throws Exception {
    V2Client client = V2Client.of(server, "moving");
    Telemetry before = consumer(client, ClientType.PUSH_CONSUMER, GROUP);
    CompletableFuture<Consumption> consumed = consume("m");
    String nonce = verify(before).getVerifyMessageCommand().getNonce();
    before.complete();
    before.end();

    consumer(client, ClientType.PUSH_CONSUMER, GROUP).say(result(nonce, Code.OK));

    assertThat(consumed.get(20, TimeUnit.SECONDS).result()).isEqualTo(Consumption.Result.CONSUMED);
  }

  @Test
  void onePushConsumerAfterTheOtherIsAskedToConsume() throws Exception {
    Telemetry one = consumer("one", ClientType.PUSH_CONSUMER, GROUP);
    Telemetry two = consumer("two", ClientType.PUSH_CONSUMER, GROUP);
    Telemetry simple = consumer("simple", ClientType.SIMPLE_CONSUMER, GROUP);

    CompletableFuture<Consumption> first = consume("first");
    CompletableFuture<Consumption> second = consume("second");

    Message toOne = verify(one).getVerifyMessageCommand().getMessage();
    Message toTwo = verify(two).getVerifyMessageCommand().getMessage();
    assertThat(Set.of(toOne.getBody().toStringUtf8(), toTwo.getBody().toStringUtf8()))
        .containsExactlyInAnyOrder("first", "second");
    assertThat(toOne.getTopic()).isEqualTo(resource(TOPIC));
    assertThat(toOne.getSystemProperties().getMessageId()).isEqualTo("id");
    assertThat(toOne.getSystemProperties().hasReceiptHandle()).isFalse();
    assertThat(isQuiet(simple)).isTrue();
    assertThat(first).isNotDone();
    assertThat(second).isNotDone();
  }

  @Test
  void whatAClientMakesOfAMessageIsPassedOn() throws Exception {
    Telemetry client = consumer("client", ClientType.PUSH_CONSUMER, GROUP);
    for (var expected :
        Map.of(
                Code.OK, Consumption.Result.CONSUMED,
                Code.FAILED_TO_CONSUME_MESSAGE, Consumption.Result.FAILED,
                Code.MESSAGE_CORRUPTED, Consumption.Result.UNREADABLE,
                Code.NOT_IMPLEMENTED, Consumption.Result.REFUSED)
            .entrySet()) {
      CompletableFuture<Consumption> consumed = consume("m");
      client.say(result(verify(client).getVerifyMessageCommand().getNonce(), expected.getKey()));

      assertThat(consumed.get(20, TimeUnit.SECONDS))
          .isEqualTo(
              new Consumption(
                  expected.getValue(),
                  "client client of the gateway answers " + expected.getKey()));
    }
  }

  @Test
  void whereNobodyCanConsumeThatIsSaid() throws Exception {
    consumer("simple", ClientType.SIMPLE_CONSUMER, GROUP);
    Telemetry gone = consumer("gone", ClientType.PUSH_CONSUMER, GROUP);
    gone.complete();
    gone.end();

    assertThatThrownBy(() -> consume("m").get(20, TimeUnit.SECONDS))
        .hasRootCauseInstanceOf(GatewayException.class)
        .rootCause()
        .hasMessageContaining("group: billing has no push consumer of orders here")
        .extracting(failure -> ((GatewayException) failure).category())
        .isEqualTo(ErrorCategory.NOT_FOUND);
  }

  @Test
  void noncesAreNotRepeated() throws Exception {
    Telemetry client = consumer("client", ClientType.PUSH_CONSUMER, GROUP);
    Set<String> nonces = new HashSet<>();

    for (int i = 0; i < 20; i++) {
      inquiries().threads(GROUP, () -> {}).end();
      nonces.add(nonce(client));
    }

    assertThat(nonces).hasSize(20).allMatch(nonce -> nonce.length() == 36);
  }

  @Test
  void howManyQuestionsAreOpenIsBounded() throws Exception {
    Questions questions = new Questions();
    var client = new Clients.Key("", "client");
    for (int i = 0; i < Questions.MOST; i++) {
      assertThat(open(questions, client)).isNotNull();
    }

    assertThat(open(questions, client)).isNull();
    assertThat(questions.size()).isEqualTo(Questions.MOST);
  }

  private static @Nullable String open(Questions questions, Clients.Key client) {
    return questions.open(client, TelemetryCommand.CommandCase.THREAD_STACK_TRACE, answer -> {});
  }

  private MemberInquiries inquiries() {
    return server.backend().inquiries(FrontendServer.ADDRESS);
  }

  private CompletableFuture<Consumption> consume(String body) {
    var made = new CompletableFuture<Consumption>();
    inquiries()
        .consume(
            GROUP,
            message(body),
            new Completion<>() {
              @Override
              public void done(Consumption value) {
                made.complete(value);
              }

              @Override
              public void failed(GatewayException failure) {
                made.completeExceptionally(failure);
              }
            });
    return made;
  }

  private static Delivery message(String body) {
    return new Delivery(
        TOPIC,
        "id",
        ByteBuffer.wrap(body.getBytes(UTF_8)).asReadOnlyBuffer(),
        BodyEncoding.IDENTITY,
        "tag",
        List.of(),
        null,
        Map.of(),
        1,
        "",
        2,
        "",
        new QueueId("node", 3),
        4,
        1,
        "",
        0);
  }

  private Telemetry consumer(String id, ClientType type, String group) throws Exception {
    return consumer(V2Client.of(server, id), type, group);
  }

  private static Telemetry consumer(V2Client client, ClientType type, String group)
      throws Exception {
    Telemetry stream = Telemetry.open(client);
    TelemetryCommand answer = stream.tell(settings(type, group));
    assertThat(answer.getStatus().getCode()).isEqualTo(Code.OK);
    return stream;
  }

  private static Settings settings(ClientType type, String group) {
    return Settings.newBuilder()
        .setClientType(type)
        .setSubscription(
            Subscription.newBuilder()
                .setGroup(resource(group))
                .addSubscriptions(
                    SubscriptionEntry.newBuilder()
                        .setTopic(resource(TOPIC))
                        .setExpression(FilterExpression.newBuilder().setExpression("*"))))
        .build();
  }

  /** What was said before is done when this is answered. */
  private static Code tellAgain(Telemetry stream, String id) throws Exception {
    ClientType type = id.equals("asked") ? ClientType.PUSH_CONSUMER : ClientType.SIMPLE_CONSUMER;
    return stream.tell(settings(type, GROUP)).getStatus().getCode();
  }

  /** Whether nothing came before the answer to what is told now. */
  private static boolean isQuiet(Telemetry stream) throws Exception {
    return stream.tell(settings(ClientType.SIMPLE_CONSUMER, "quiet")).hasSettings();
  }

  private static String nonce(Telemetry stream) throws Exception {
    return stream
        .next(TelemetryCommand::hasPrintThreadStackTraceCommand)
        .getPrintThreadStackTraceCommand()
        .getNonce();
  }

  private static TelemetryCommand verify(Telemetry stream) throws Exception {
    return stream.next(TelemetryCommand::hasVerifyMessageCommand);
  }

  private static TelemetryCommand trace(String nonce, String text) {
    return TelemetryCommand.newBuilder()
        .setStatus(Status.newBuilder().setCode(Code.OK))
        .setThreadStackTrace(
            ThreadStackTrace.newBuilder().setNonce(nonce).setThreadStackTrace(text))
        .build();
  }

  private static TelemetryCommand result(String nonce, Code code) {
    return TelemetryCommand.newBuilder()
        .setStatus(Status.newBuilder().setCode(code))
        .setVerifyMessageResult(VerifyMessageResult.newBuilder().setNonce(nonce))
        .build();
  }
}
