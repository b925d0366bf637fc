package dev.sluice.gateway.frontend.v2;

import static dev.sluice.gateway.frontend.v2.V2Client.GROUP;
import static dev.sluice.gateway.frontend.v2.V2Client.TOPIC;
import static dev.sluice.gateway.frontend.v2.V2Client.resource;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.gateway.frontend.testing.FrontendServer;
import dev.sluice.gateway.proto.v2.ClientType;
import dev.sluice.gateway.proto.v2.Code;
import dev.sluice.gateway.proto.v2.HeartbeatRequest;
import dev.sluice.gateway.proto.v2.Language;
import dev.sluice.gateway.proto.v2.NotifyClientTerminationRequest;
import dev.sluice.gateway.proto.v2.Publishing;
import dev.sluice.gateway.proto.v2.Resource;
import dev.sluice.gateway.proto.v2.RetryPolicy;
import dev.sluice.gateway.proto.v2.Settings;
import dev.sluice.gateway.proto.v2.Subscription;
import dev.sluice.gateway.proto.v2.SubscriptionEntry;
import dev.sluice.gateway.proto.v2.TelemetryCommand;
import dev.sluice.gateway.proto.v2.ThreadStackTrace;
import dev.sluice.gateway.proto.v2.UA;
import dev.sluice.gateway.spi.ConsumerGroup;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.gateway.spi.testing.MemoryFaults.Operation;
import dev.sluice.gateway.upstreams.ResourceKinds;
import io.grpc.Status;
import java.time.Duration;
import java.util.Collections;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who is known, for how long, and what the server decides for them. */
class ClientsTest {

  private static final Settings PRODUCER =
      Settings.newBuilder()
          .setClientType(ClientType.PRODUCER)
          .setRequestTimeout(Times.duration(3_000))
          .setPublishing(Publishing.newBuilder().addTopics(resource(TOPIC)))
          .build();

  private static final Settings CONSUMER =
      Settings.newBuilder()
          .setClientType(ClientType.SIMPLE_CONSUMER)
          .setSubscription(
              Subscription.newBuilder()
                  .setGroup(resource(GROUP))
                  .addSubscriptions(SubscriptionEntry.newBuilder().setTopic(resource(TOPIC))))
          .build();

  private FrontendServer server;
  private V2Client client;

  @BeforeEach
  void start() throws Exception {
    server = V2Client.server();
    client = V2Client.of(server, "client");
  }

  @AfterEach
  void nothingIsLeftOpen() throws Exception {
    server.stop();
  }

  @Test
  void aProducersSettingsComeBackWithWhatTheServerDecides() throws Exception {
    TelemetryCommand answer = Telemetry.open(client).tell(PRODUCER);

    Settings settings = answer.getSettings();
    assertThat(answer.getStatus().getCode()).isEqualTo(Code.OK);
    assertThat(settings.getClientType()).isEqualTo(ClientType.PRODUCER);
    assertThat(settings.getRequestTimeout()).isEqualTo(Times.duration(3_000));
    assertThat(settings.getPublishing().getTopicsList()).containsExactly(resource(TOPIC));
    assertThat(settings.getPublishing().getMaxBodySize()).isEqualTo(4 << 20);
    assertThat(settings.getPublishing().getValidateMessageType()).isTrue();
    assertThat(settings.getBackoffPolicy().hasExponentialBackoff()).isTrue();
    assertThat(settings.getBackoffPolicy().getMaxAttempts()).isEqualTo(3);
    assertThat(settings.getMetric().getOn()).isFalse();
  }

  @Test
  void howOftenAProducerTriesIsItsOwn() throws Exception {
    Telemetry stream = Telemetry.open(client);

    assertThat(attemptsOf(stream.tell(withAttempts(5)))).isEqualTo(5);
    assertThat(attemptsOf(stream.tell(withAttempts(1_000_000)))).isEqualTo(16);
  }

  @Test
  void aConsumersSettingsComeBackWithWhatTheServerDecides() throws Exception {
    TelemetryCommand answer = Telemetry.open(client).tell(CONSUMER);

    Subscription subscription = answer.getSettings().getSubscription();
    assertThat(answer.getStatus().getCode()).isEqualTo(Code.OK);
    assertThat(subscription.getGroup()).isEqualTo(resource(GROUP));
    assertThat(subscription.getSubscriptionsList())
        .isEqualTo(CONSUMER.getSubscription().getSubscriptionsList());
    assertThat(subscription.getFifo()).isFalse();
    assertThat(subscription.getReceiveBatchSize()).isEqualTo(32);
    assertThat(subscription.getLongPollingTimeout()).isEqualTo(Times.duration(20_000));
    assertThat(attemptsOf(answer)).isEqualTo(17);
    assertThat(answer.getSettings().getMetric().getOn()).isFalse();
  }

  @Test
  void howAGroupConsumesIsAsTheMessageSystemHasIt() throws Exception {
    server.backend().configure(FrontendServer.ADDRESS, V2Client.ordered(GROUP));

    TelemetryCommand answer = Telemetry.open(client).tell(CONSUMER);

    RetryPolicy policy = answer.getSettings().getBackoffPolicy();
    assertThat(answer.getSettings().getSubscription().getFifo()).isTrue();
    assertThat(policy.getMaxAttempts()).isEqualTo(3);
    assertThat(policy.getCustomizedBackoff().getNextList())
        .containsExactly(Times.duration(1_000), Times.duration(5_000));
  }

  @Test
  void aClientForNodeIsToldOfWaitsThatItKnows() throws Exception {
    server.backend().configure(FrontendServer.ADDRESS, V2Client.ordered(GROUP));
    Settings node =
        CONSUMER.toBuilder().setUserAgent(UA.newBuilder().setLanguage(Language.NODE_JS)).build();

    RetryPolicy policy = Telemetry.open(client).tell(node).getSettings().getBackoffPolicy();

    assertThat(policy.getMaxAttempts()).isEqualTo(3);
    assertThat(policy.getExponentialBackoff().getInitial()).isEqualTo(Times.duration(1_000));
    assertThat(policy.getExponentialBackoff().getMax()).isEqualTo(Times.duration(5_000));
  }

  @Test
  void waitsThatGrowAreToldAsThat() throws Exception {
    server
        .backend()
        .configure(
            FrontendServer.ADDRESS,
            new ConsumerGroup(
                GROUP,
                false,
                5,
                new ConsumerGroup.Retries.Growing(
                    Duration.ofMillis(1_500), Duration.ofMinutes(2), 3)));

    RetryPolicy policy = Telemetry.open(client).tell(CONSUMER).getSettings().getBackoffPolicy();

    assertThat(policy.getMaxAttempts()).isEqualTo(5);
    assertThat(policy.getExponentialBackoff().getInitial()).isEqualTo(Times.duration(1_500));
    assertThat(policy.getExponentialBackoff().getMax()).isEqualTo(Times.duration(120_000));
    assertThat(policy.getExponentialBackoff().getMultiplier()).isEqualTo(3);
  }

  @Test
  void aGroupThatCannotBeLookedUpIsToldAsThatAndTheStreamStaysOpen() throws Exception {
    Telemetry stream = Telemetry.open(client);
    server
        .backend()
        .faults()
        .failNext(Operation.GROUP, GatewayException.notFound(Subject.GROUP, "group: none"));

    assertThat(codeOf(stream, CONSUMER)).isEqualTo(Code.CONSUMER_GROUP_NOT_FOUND);
    assertThat(codeOf(stream, CONSUMER)).isEqualTo(Code.OK);
  }

  @Test
  void settingsThatAreWrongAreRefusedAndTheStreamStaysOpen() throws Exception {
    Telemetry stream = Telemetry.open(client);

    assertThat(codeOf(stream, Settings.getDefaultInstance())).isEqualTo(Code.BAD_REQUEST);
    assertThat(codeOf(stream, publishing(resource("a b"), 1))).isEqualTo(Code.ILLEGAL_TOPIC);
    assertThat(codeOf(stream, publishing(resource(TOPIC), 1025))).isEqualTo(Code.BAD_REQUEST);
    assertThat(
            codeOf(
                stream,
                Settings.newBuilder().setSubscription(Subscription.getDefaultInstance()).build()))
        .isEqualTo(Code.ILLEGAL_CONSUMER_GROUP);
    assertThat(heartbeat(client)).isEqualTo(Code.UNRECOGNIZED_CLIENT_TYPE);
    assertThat(codeOf(stream, publishing(resource(TOPIC), 1024))).isEqualTo(Code.OK);
  }

  @Test
  void aClientIsKnownFromItsSettingsToTheEndOfItsStream() throws Exception {
    assertThat(heartbeat(client)).isEqualTo(Code.UNRECOGNIZED_CLIENT_TYPE);
    Telemetry stream = Telemetry.open(client);
    stream.tell(PRODUCER);
    assertThat(heartbeat(client)).isEqualTo(Code.OK);
    assertThat(stream.isOpen()).isTrue();

    stream.complete();

    assertThat(stream.end()).isEqualTo(Status.OK);
    assertThat(heartbeat(client)).isEqualTo(Code.UNRECOGNIZED_CLIENT_TYPE);
    await().until(() -> openStreams() == 0);
  }

  @Test
  void whatIsNoSettingsIsPassedOver() throws Exception {
    Telemetry stream = Telemetry.open(client);

    stream.say(TelemetryCommand.getDefaultInstance());
    stream.say(
        TelemetryCommand.newBuilder()
            .setThreadStackTrace(ThreadStackTrace.newBuilder().setNonce("n"))
            .build());

    assertThat(stream.tell(PRODUCER).getStatus().getCode()).isEqualTo(Code.OK);
  }

  @Test
  void aClientIsKnownWhileOneOfItsStreamsIsOpen() throws Exception {
    Telemetry older = Telemetry.open(client);
    older.tell(PRODUCER);
    Telemetry newer = Telemetry.open(client);
    newer.tell(PRODUCER);

    newer.complete();
    newer.end();
    assertThat(heartbeat(client)).isEqualTo(Code.OK);

    older.complete();
    older.end();
    assertThat(heartbeat(client)).isEqualTo(Code.UNRECOGNIZED_CLIENT_TYPE);
  }

  @Test
  void aClientThatTerminatesIsNoLongerKnown() throws Exception {
    Telemetry stream = Telemetry.open(client);
    stream.tell(CONSUMER);

    assertThat(terminate(NotifyClientTerminationRequest.getDefaultInstance())).isEqualTo(Code.OK);

    assertThat(heartbeat(client)).isEqualTo(Code.UNRECOGNIZED_CLIENT_TYPE);
    assertThat(stream.isOpen()).isTrue();
    assertThat(stream.tell(CONSUMER).getStatus().getCode()).isEqualTo(Code.OK);
    assertThat(heartbeat(client)).isEqualTo(Code.OK);
  }

  @Test
  void groupsAreCheckedWhereTheyAreGiven() throws Exception {
    Telemetry.open(client).tell(CONSUMER);

    assertThat(heartbeat(client, GROUP)).isEqualTo(Code.OK);
    assertThat(heartbeat(client, "a b")).isEqualTo(Code.ILLEGAL_CONSUMER_GROUP);
    assertThat(
            terminate(
                NotifyClientTerminationRequest.newBuilder().setGroup(resource("a b")).build()))
        .isEqualTo(Code.ILLEGAL_CONSUMER_GROUP);
    assertThat(
            terminate(NotifyClientTerminationRequest.newBuilder().setGroup(resource("")).build()))
        .isEqualTo(Code.OK);
  }

  @Test
  void aConnectionThatEndsLeavesNothing() throws Exception {
    V2Client watching = V2Client.of(server, "client");
    Telemetry.open(client).tell(CONSUMER);
    assertThat(heartbeat(watching)).isEqualTo(Code.OK);

    server.disconnect(client.connection());

    await().until(() -> openStreams() == 0);
    assertThat(heartbeat(watching)).isEqualTo(Code.UNRECOGNIZED_CLIENT_TYPE);
  }

  @Test
  void aGatewayThatClosesEndsTheStreamsInAnOrderlyWay() throws Exception {
    Telemetry stream = Telemetry.open(client);
    stream.tell(CONSUMER);

    server.closeGateway();

    // Some clients take any other end, while they connect anew, for a failure of their own.
    assertThat(stream.end()).isEqualTo(Status.OK);
    await().until(() -> openStreams() == 0);
  }

  @Test
  void howManyStreamsAConnectionMayHaveIsBounded() throws Exception {
    Telemetry first = Telemetry.open(client);
    // Streams that are opened before there is a connection begin in any order.
    first.tell(PRODUCER);
    for (int i = 1; i < Clients.MAX_STREAMS_PER_CONNECTION; i++) {
      Telemetry.open(client);
    }

    Telemetry over = Telemetry.open(client);

    assertThat(over.next().getStatus().getCode()).isEqualTo(Code.TOO_MANY_REQUESTS);
    assertThat(over.end()).isEqualTo(Status.OK);
    first.complete();
    first.end();
    assertThat(Telemetry.open(client).tell(PRODUCER).getStatus().getCode()).isEqualTo(Code.OK);
  }

  private long openStreams() {
    return server.ledger().open(ResourceKinds.STREAM);
  }

  private static int attemptsOf(TelemetryCommand answer) {
    return answer.getSettings().getBackoffPolicy().getMaxAttempts();
  }

  private static Settings withAttempts(int attempts) {
    return PRODUCER.toBuilder()
        .setBackoffPolicy(RetryPolicy.newBuilder().setMaxAttempts(attempts))
        .build();
  }

  private static Settings publishing(Resource topic, int count) {
    return Settings.newBuilder()
        .setPublishing(Publishing.newBuilder().addAllTopics(Collections.nCopies(count, topic)))
        .build();
  }

  private static Code codeOf(Telemetry stream, Settings settings) throws InterruptedException {
    return stream.tell(settings).getStatus().getCode();
  }

  private static Code heartbeat(V2Client client) {
    return heartbeat(client, "");
  }

  private static Code heartbeat(V2Client client, String group) {
    return client
        .stub()
        .heartbeat(HeartbeatRequest.newBuilder().setGroup(resource(group)).build())
        .getStatus()
        .getCode();
  }

  private Code terminate(NotifyClientTerminationRequest request) {
    return client.stub().notifyClientTermination(request).getStatus().getCode();
  }
}
