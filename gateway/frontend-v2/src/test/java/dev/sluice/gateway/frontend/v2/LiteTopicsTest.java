package dev.sluice.gateway.frontend.v2;

import static dev.sluice.gateway.frontend.v2.V2Client.GROUP;
import static dev.sluice.gateway.frontend.v2.V2Client.TOPIC;
import static dev.sluice.gateway.frontend.v2.V2Client.resource;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.frontend.testing.FrontendServer;
import dev.sluice.gateway.proto.v2.ClientType;
import dev.sluice.gateway.proto.v2.Code;
import dev.sluice.gateway.proto.v2.OffsetOption;
import dev.sluice.gateway.proto.v2.QueryAssignmentRequest;
import dev.sluice.gateway.proto.v2.Settings;
import dev.sluice.gateway.proto.v2.Status;
import dev.sluice.gateway.proto.v2.Subscription;
import dev.sluice.gateway.proto.v2.SyncLiteSubscriptionRequest;
import dev.sluice.gateway.proto.v2.TelemetryCommand;
import dev.sluice.gateway.spi.ConsumerGroup;
import dev.sluice.gateway.spi.Topology.MessageKind;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Subscriptions to lite topics are checked, and told where they end. */
class LiteTopicsTest {

  private FrontendServer server;
  private V2Client client;

  @BeforeEach
  void start() throws Exception {
    server = V2Client.server();
    client = V2Client.of(server, "client");
    server.backend().makeTopic(FrontendServer.ADDRESS, TOPIC, MessageKind.LITE);
    server.backend().makeTopic(FrontendServer.ADDRESS, "plain", MessageKind.NORMAL);
    server.backend().configure(FrontendServer.ADDRESS, bound(GROUP));
  }

  @AfterEach
  void nothingIsLeftOpen() throws Exception {
    server.stop();
  }

  private static ConsumerGroup bound(String group) {
    return new ConsumerGroup(
        group,
        true,
        3,
        new ConsumerGroup.Retries.Steps(List.of(Duration.ofSeconds(1))),
        new ConsumerGroup.Lite(TOPIC, 7));
  }

  private static SyncLiteSubscriptionRequest.Builder sync(String... liteTopics) {
    return SyncLiteSubscriptionRequest.newBuilder()
        .setTopic(resource(TOPIC))
        .setGroup(resource(GROUP))
        .addAllLiteTopicSet(List.of(liteTopics));
  }

  private Status status(SyncLiteSubscriptionRequest.Builder request) {
    return client.stub().syncLiteSubscription(request.build()).getStatus();
  }

  @Test
  void whatIsWrongIsRefusedAsThat() {
    assertThat(status(sync("a b")).getCode()).isEqualTo(Code.ILLEGAL_LITE_TOPIC);
    assertThat(status(sync("a").setTopic(resource("plain"))).getCode())
        .isEqualTo(Code.ILLEGAL_TOPIC);
    assertThat(status(sync("a").setActionValue(9)).getCode()).isEqualTo(Code.BAD_REQUEST);
    assertThat(status(sync("a").setOffsetOption(OffsetOption.newBuilder().setOffset(-1))).getCode())
        .isEqualTo(Code.ILLEGAL_OFFSET);
    Status unbound = status(sync("a").setGroup(resource("unbound")));
    assertThat(unbound.getCode()).isEqualTo(Code.ILLEGAL_CONSUMER_GROUP);
    assertThat(unbound.getMessage())
        .startsWith("group: unbound is bound to the lite topics of no topic (expected: of orders");
  }

  @Test
  void aMessageSystemWithoutLiteTopicsIsToldAsThat() {
    Status status = status(sync("a"));

    assertThat(status.getCode()).isEqualTo(Code.UNSUPPORTED);
    assertThat(status.getMessage()).startsWith("lite topics: ");
  }

  @Test
  void settingsTellTheQuotaOfABoundGroup() throws Exception {
    Subscription bound =
        Telemetry.open(client).tell(settings(GROUP)).getSettings().getSubscription();
    Subscription unbound =
        Telemetry.open(client).tell(settings("unbound")).getSettings().getSubscription();

    assertThat(bound.getLiteSubscriptionQuota()).isEqualTo(7);
    assertThat(bound.getMaxLiteTopicSize()).isEqualTo(64);
    assertThat(unbound.hasLiteSubscriptionQuota()).isFalse();
  }

  @Test
  void aBoundGroupIsAssignedBrokersAndNoQueuesThoughItConsumesInOrder() {
    var request =
        QueryAssignmentRequest.newBuilder()
            .setTopic(resource(TOPIC))
            .setGroup(resource(GROUP))
            .setEndpoints(QueryAssignmentTest.DIALLED)
            .build();

    var assignments = client.stub().queryAssignment(request);

    assertThat(assignments.getStatus().getCode()).isEqualTo(Code.OK);
    assertThat(assignments.getAssignmentsList())
        .singleElement()
        .satisfies(each -> assertThat(each.getMessageQueue().getId()).isEqualTo(-1));
  }

  @Test
  void aClientIsToldWhatWasTakenAwayFromItAndNobodyElseIs() throws Exception {
    Telemetry mine = Telemetry.open(client);
    mine.tell(settings(GROUP));
    Telemetry other = Telemetry.open(V2Client.of(server, "other"));
    other.tell(settings(GROUP));

    server
        .backend()
        .inquiries(FrontendServer.ADDRESS)
        .unsubscribed(GROUP, new Clients.Key("", "client").whole(), "a");

    assertThat(
            mine.next(TelemetryCommand::hasNotifyUnsubscribeLiteCommand)
                .getNotifyUnsubscribeLiteCommand()
                .getLiteTopic())
        .isEqualTo("a");
    assertThat(other.tell(settings(GROUP)).hasSettings()).isTrue();
  }

  private static Settings settings(String group) {
    return Settings.newBuilder()
        .setClientType(ClientType.LITE_PUSH_CONSUMER)
        .setSubscription(Subscription.newBuilder().setGroup(resource(group)))
        .build();
  }
}
