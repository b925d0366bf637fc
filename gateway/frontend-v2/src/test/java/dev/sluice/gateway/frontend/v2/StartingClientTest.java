package dev.sluice.gateway.frontend.v2;

import static dev.sluice.gateway.frontend.v2.V2Client.TOPIC;
import static dev.sluice.gateway.frontend.v2.V2Client.resource;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.frontend.testing.FrontendServer;
import dev.sluice.gateway.proto.v2.Address;
import dev.sluice.gateway.proto.v2.AddressScheme;
import dev.sluice.gateway.proto.v2.ClientType;
import dev.sluice.gateway.proto.v2.Code;
import dev.sluice.gateway.proto.v2.Endpoints;
import dev.sluice.gateway.proto.v2.HeartbeatRequest;
import dev.sluice.gateway.proto.v2.Publishing;
import dev.sluice.gateway.proto.v2.QueryRouteRequest;
import dev.sluice.gateway.proto.v2.Resource;
import dev.sluice.gateway.proto.v2.Settings;
import dev.sluice.gateway.proto.v2.Subscription;
import dev.sluice.gateway.proto.v2.SubscriptionEntry;
import dev.sluice.gateway.proto.v2.TelemetryCommand;
import dev.sluice.gateway.spi.Topology.MessageKind;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A client may open its telemetry stream with its first route, and wait for settings only when it
 * has the routes of all its topics; the SDK for Node.js does.
 */
class StartingClientTest {

  private static final Settings PRODUCER = producerOf(TOPIC);

  private static final Settings CONSUMER =
      Settings.newBuilder()
          .setClientType(ClientType.SIMPLE_CONSUMER)
          .setSubscription(
              Subscription.newBuilder()
                  .setGroup(resource(V2Client.GROUP))
                  .addSubscriptions(SubscriptionEntry.newBuilder().setTopic(resource(TOPIC))))
          .build();

  private FrontendServer server;
  private V2Client client;

  @BeforeEach
  void start() throws Exception {
    server = V2Client.server();
    client = V2Client.of(server, "client");
    server.backend().makeTopic(FrontendServer.ADDRESS, TOPIC, MessageKind.NORMAL);
  }

  @AfterEach
  void nothingIsLeftOpen() throws Exception {
    server.stop();
  }

  static List<Settings> kinds() {
    return List.of(PRODUCER, CONSUMER);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void itsSettingsAreToldAgainAfterEachRouteAndWithItsFirstHeartbeat(Settings settings)
      throws Exception {
    Telemetry stream = Telemetry.open(client);
    TelemetryCommand told = stream.tell(settings);
    assertThat(told.hasSettings()).isTrue();

    route();
    assertThat(stream.next()).isEqualTo(told);
    route();
    assertThat(stream.next()).isEqualTo(told);
    heartbeat();
    assertThat(stream.next()).isEqualTo(told);
  }

  @Test
  void aClientThatHasSentAHeartbeatIsToldOnlyWhatItAsks() throws Exception {
    Telemetry stream = Telemetry.open(client);
    stream.tell(PRODUCER);
    heartbeat();
    stream.next();

    route();
    heartbeat();

    assertThat(topicsOf(stream.tell(producerOf("b")))).containsExactly(resource("b"));
  }

  @Test
  void otherClientsAreToldNothing() throws Exception {
    Telemetry stream = Telemetry.open(V2Client.of(server, "another"));
    stream.tell(PRODUCER);

    route();

    assertThat(topicsOf(stream.tell(producerOf("b")))).containsExactly(resource("b"));
  }

  private static Settings producerOf(String topic) {
    return Settings.newBuilder()
        .setClientType(ClientType.PRODUCER)
        .setPublishing(Publishing.newBuilder().addTopics(resource(topic)))
        .build();
  }

  private static List<Resource> topicsOf(TelemetryCommand told) {
    return told.getSettings().getPublishing().getTopicsList();
  }

  private void route() {
    var request =
        QueryRouteRequest.newBuilder()
            .setTopic(resource(TOPIC))
            .setEndpoints(
                Endpoints.newBuilder()
                    .setScheme(AddressScheme.DOMAIN_NAME)
                    .addAddresses(Address.newBuilder().setHost("gateway.example.com").setPort(80)))
            .build();
    assertThat(client.stub().queryRoute(request).getStatus().getCode()).isEqualTo(Code.OK);
  }

  private void heartbeat() {
    assertThat(client.stub().heartbeat(HeartbeatRequest.getDefaultInstance()).getStatus().getCode())
        .isEqualTo(Code.OK);
  }
}
