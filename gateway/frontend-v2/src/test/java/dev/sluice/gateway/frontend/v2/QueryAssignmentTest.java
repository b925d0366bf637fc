package dev.sluice.gateway.frontend.v2;

import static dev.sluice.gateway.frontend.v2.V2Client.GROUP;
import static dev.sluice.gateway.frontend.v2.V2Client.TOPIC;
import static dev.sluice.gateway.frontend.v2.V2Client.resource;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.frontend.testing.FrontendServer;
import dev.sluice.gateway.proto.v2.Address;
import dev.sluice.gateway.proto.v2.AddressScheme;
import dev.sluice.gateway.proto.v2.Assignment;
import dev.sluice.gateway.proto.v2.Code;
import dev.sluice.gateway.proto.v2.Endpoints;
import dev.sluice.gateway.proto.v2.MessageQueue;
import dev.sluice.gateway.proto.v2.Permission;
import dev.sluice.gateway.proto.v2.QueryAssignmentRequest;
import dev.sluice.gateway.proto.v2.QueryAssignmentResponse;
import dev.sluice.gateway.proto.v2.Resource;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.gateway.spi.testing.MemoryFaults.Operation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a push consumer is told to receive from. */
class QueryAssignmentTest {

  static final Endpoints DIALLED =
      Endpoints.newBuilder()
          .setScheme(AddressScheme.DOMAIN_NAME)
          .addAddresses(Address.newBuilder().setHost("gateway.example.com").setPort(18081))
          .build();

  private FrontendServer server;
  private V2Client client;

  @BeforeEach
  void start() throws Exception {
    server = V2Client.server();
    client = V2Client.of(server, "client");
    server.backend().makeTopic(FrontendServer.ADDRESS, TOPIC);
  }

  @AfterEach
  void nothingIsLeftOpen() throws Exception {
    server.stop();
  }

  @Test
  void aBrokerIsAssignedAsAWholeAtTheAddressThatTheCallerDialled() {
    QueryAssignmentResponse answer = query(resource(TOPIC), resource(GROUP));

    assertThat(answer.getStatus().getCode()).isEqualTo(Code.OK);
    assertThat(answer.getAssignmentsList()).hasSize(1);
    MessageQueue queue = answer.getAssignments(0).getMessageQueue();
    assertThat(queue.getId()).isEqualTo(-1);
    assertThat(queue.getTopic()).isEqualTo(resource(TOPIC));
    assertThat(queue.getPermission()).isEqualTo(Permission.READ_WRITE);
    assertThat(queue.getBroker().getName()).isEqualTo("memory-0");
    assertThat(queue.getBroker().getId()).isZero();
    assertThat(queue.getBroker().getEndpoints()).isEqualTo(DIALLED);
  }

  @Test
  void aGroupThatConsumesInOrderIsAssignedEachQueue() {
    server.backend().configure(FrontendServer.ADDRESS, V2Client.ordered(GROUP));

    assertThat(query(resource(TOPIC), resource(GROUP)).getAssignmentsList())
        .extracting(Assignment::getMessageQueue)
        .extracting(MessageQueue::getId)
        .containsExactly(0, 1, 2, 3);
  }

  @Test
  void everyMemberGetsTheSame() {
    V2Client other = V2Client.of(server, "other");

    assertThat(other.stub().queryAssignment(request(resource(TOPIC), resource(GROUP))))
        .isEqualTo(query(resource(TOPIC), resource(GROUP)));
  }

  @Test
  void aNamespaceIsPartOfTheNameBehindTheGatewayOnly() {
    server.backend().makeTopic(FrontendServer.ADDRESS, "eu%invoices");
    Resource topic = Resource.newBuilder().setResourceNamespace("eu").setName("invoices").build();

    assertThat(query(topic, resource(GROUP)).getAssignments(0).getMessageQueue().getTopic())
        .isEqualTo(topic);
  }

  @Test
  void whatIsNotThereOrIllegalIsTold() {
    assertThat(codeOf(resource("missing"), resource(GROUP))).isEqualTo(Code.TOPIC_NOT_FOUND);
    assertThat(codeOf(resource("a b"), resource(GROUP))).isEqualTo(Code.ILLEGAL_TOPIC);
    assertThat(codeOf(resource("t".repeat(127)), resource(GROUP))).isEqualTo(Code.TOPIC_NOT_FOUND);
    assertThat(codeOf(resource("t".repeat(128)), resource(GROUP))).isEqualTo(Code.ILLEGAL_TOPIC);
    assertThat(codeOf(resource(TOPIC), resource(""))).isEqualTo(Code.ILLEGAL_CONSUMER_GROUP);
    assertThat(codeOf(resource(TOPIC), resource("g".repeat(120)))).isEqualTo(Code.OK);
    assertThat(codeOf(resource(TOPIC), resource("g".repeat(121))))
        .isEqualTo(Code.ILLEGAL_CONSUMER_GROUP);
    assertThat(
            client
                .stub()
                .queryAssignment(
                    request(resource(TOPIC), resource(GROUP)).toBuilder().clearEndpoints().build())
                .getStatus()
                .getCode())
        .isEqualTo(Code.ILLEGAL_ACCESS_POINT);
  }

  @Test
  void failuresOfTheMessageSystemAreTold() {
    failNext(Operation.GROUP, GatewayException.unavailable("no broker", null));
    assertThat(codeOf(resource(TOPIC), resource(GROUP))).isEqualTo(Code.HA_NOT_AVAILABLE);

    failNext(Operation.GROUP, GatewayException.notFound(Subject.GROUP, "group: none"));
    assertThat(codeOf(resource(TOPIC), resource(GROUP))).isEqualTo(Code.CONSUMER_GROUP_NOT_FOUND);

    failNext(Operation.TOPOLOGY, GatewayException.unavailable("no broker", null));
    assertThat(codeOf(resource(TOPIC), resource(GROUP))).isEqualTo(Code.HA_NOT_AVAILABLE);
  }

  private void failNext(Operation operation, GatewayException failure) {
    server.backend().faults().failNext(operation, failure);
  }

  private Code codeOf(Resource topic, Resource group) {
    return query(topic, group).getStatus().getCode();
  }

  private QueryAssignmentResponse query(Resource topic, Resource group) {
    return client.stub().queryAssignment(request(topic, group));
  }

  private static QueryAssignmentRequest request(Resource topic, Resource group) {
    return QueryAssignmentRequest.newBuilder()
        .setTopic(topic)
        .setGroup(group)
        .setEndpoints(DIALLED)
        .build();
  }
}
