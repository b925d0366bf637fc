package dev.sluice.gateway.frontend.v2;

import static dev.sluice.gateway.frontend.v2.V2Client.TOPIC;
import static dev.sluice.gateway.frontend.v2.V2Client.resource;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.frontend.testing.FrontendServer;
import dev.sluice.gateway.proto.v2.Address;
import dev.sluice.gateway.proto.v2.AddressScheme;
import dev.sluice.gateway.proto.v2.Code;
import dev.sluice.gateway.proto.v2.Endpoints;
import dev.sluice.gateway.proto.v2.MessageQueue;
import dev.sluice.gateway.proto.v2.MessageType;
import dev.sluice.gateway.proto.v2.Permission;
import dev.sluice.gateway.proto.v2.QueryRouteRequest;
import dev.sluice.gateway.proto.v2.QueryRouteResponse;
import dev.sluice.gateway.proto.v2.Resource;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.Topology.MessageKind;
import dev.sluice.gateway.spi.testing.MemoryFaults.Operation;
import java.util.Collections;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a topic's queues are, as callers learn it. */
class QueryRouteTest {

  private static final Endpoints DIALLED = endpoints("gateway.example.com", 18081);

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

  @Test
  void everyQueueIsAtTheAddressThatTheCallerDialled() {
    QueryRouteResponse route = query(resource(TOPIC), DIALLED);

    assertThat(route.getStatus().getCode()).isEqualTo(Code.OK);
    assertThat(route.getMessageQueuesList())
        .extracting(MessageQueue::getId)
        .containsExactly(0, 1, 2, 3);
    assertThat(route.getMessageQueuesList())
        .allSatisfy(
            queue -> {
              assertThat(queue.getTopic()).isEqualTo(resource(TOPIC));
              assertThat(queue.getPermission()).isEqualTo(Permission.READ_WRITE);
              assertThat(queue.getAcceptMessageTypesList()).containsExactly(MessageType.NORMAL);
              assertThat(queue.getBroker().getName()).isNotEmpty();
              assertThat(queue.getBroker().getId()).isZero();
              assertThat(queue.getBroker().getEndpoints()).isEqualTo(DIALLED);
            });
  }

  @Test
  void aNamespaceIsPartOfTheNameBehindTheGatewayOnly() {
    server.backend().makeTopic(FrontendServer.ADDRESS, "eu%invoices");
    Resource topic = Resource.newBuilder().setResourceNamespace("eu").setName("invoices").build();

    QueryRouteResponse route = query(topic, DIALLED);

    assertThat(route.getStatus().getCode()).isEqualTo(Code.OK);
    assertThat(route.getMessageQueues(0).getTopic()).isEqualTo(topic);
  }

  @Test
  void aTopicThatIsNotThereIsNotFound() {
    assertThat(query(resource("missing"), DIALLED).getStatus().getCode())
        .isEqualTo(Code.TOPIC_NOT_FOUND);
  }

  @Test
  void aMessageSystemOutOfReachIsToldAsThat() {
    server
        .backend()
        .faults()
        .failNext(Operation.TOPOLOGY, GatewayException.unavailable("no broker", null));

    assertThat(query(resource(TOPIC), DIALLED).getStatus().getCode())
        .isEqualTo(Code.HA_NOT_AVAILABLE);
  }

  @Test
  void aTopicHasAtMost127CharactersWithItsNamespace() {
    assertThat(codeOf(resource("t".repeat(127)))).isEqualTo(Code.TOPIC_NOT_FOUND);
    assertThat(codeOf(resource("t".repeat(128)))).isEqualTo(Code.ILLEGAL_TOPIC);
    assertThat(
            codeOf(
                Resource.newBuilder()
                    .setResourceNamespace("n".repeat(27))
                    .setName("t".repeat(100))
                    .build()))
        .isEqualTo(Code.ILLEGAL_TOPIC);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a b", "a.b", "größe", "a/b", "a\nb"})
  void aTopicOfOtherCharactersIsRefused(String name) {
    assertThat(codeOf(resource(name))).isEqualTo(Code.ILLEGAL_TOPIC);
  }

  @Test
  void aNamespaceAloneIsNoTopic() {
    assertThat(codeOf(Resource.newBuilder().setResourceNamespace("eu").build()))
        .isEqualTo(Code.ILLEGAL_TOPIC);
  }

  @Test
  void howManyAddressesACallerMayHaveDialledIsBounded() {
    assertThat(codeOf(Endpoints.getDefaultInstance())).isEqualTo(Code.ILLEGAL_ACCESS_POINT);
    assertThat(codeOf(repeated(32))).isEqualTo(Code.OK);
    assertThat(codeOf(repeated(33))).isEqualTo(Code.ILLEGAL_ACCESS_POINT);
  }

  @ParameterizedTest
  @CsvSource({"host,0", "host,65536", "host,-1", "' ',80"})
  void whatIsNoAddressIsRefused(String host, int port) {
    assertThat(codeOf(endpoints(host, port))).isEqualTo(Code.ILLEGAL_ACCESS_POINT);
  }

  @Test
  void aHostHasAtMost255Characters() {
    assertThat(codeOf(endpoints("h".repeat(255), 1))).isEqualTo(Code.OK);
    assertThat(codeOf(endpoints("h".repeat(256), 1))).isEqualTo(Code.ILLEGAL_ACCESS_POINT);
  }

  private Code codeOf(Resource topic) {
    return query(topic, DIALLED).getStatus().getCode();
  }

  private Code codeOf(Endpoints dialled) {
    return query(resource(TOPIC), dialled).getStatus().getCode();
  }

  private QueryRouteResponse query(Resource topic, Endpoints dialled) {
    return client
        .stub()
        .queryRoute(QueryRouteRequest.newBuilder().setTopic(topic).setEndpoints(dialled).build());
  }

  private static Endpoints endpoints(String host, int port) {
    return Endpoints.newBuilder()
        .setScheme(AddressScheme.DOMAIN_NAME)
        .addAddresses(Address.newBuilder().setHost(host).setPort(port))
        .build();
  }

  private static Endpoints repeated(int count) {
    return DIALLED.toBuilder()
        .clearAddresses()
        .addAllAddresses(Collections.nCopies(count, DIALLED.getAddresses(0)))
        .build();
  }
}
