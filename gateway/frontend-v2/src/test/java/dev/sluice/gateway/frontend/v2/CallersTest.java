package dev.sluice.gateway.frontend.v2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Message;
import dev.sluice.gateway.core.CurrentConnection;
import dev.sluice.gateway.frontend.testing.FrontendServer;
import dev.sluice.gateway.proto.v2.ChangeInvisibleDurationResponse;
import dev.sluice.gateway.proto.v2.Code;
import dev.sluice.gateway.proto.v2.FilterExpression;
import dev.sluice.gateway.proto.v2.FilterType;
import dev.sluice.gateway.proto.v2.MessagingServiceGrpc;
import dev.sluice.gateway.proto.v2.NotifyClientTerminationRequest;
import dev.sluice.gateway.spi.Credentials;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.gateway.spi.testing.MemoryOptions;
import dev.sluice.gateway.upstreams.GatewaySettings;
import dev.sluice.gateway.upstreams.ResourceKinds;
import dev.sluice.gateway.upstreams.Rights;
import dev.sluice.gateway.upstreams.Rights.Action;
import dev.sluice.gateway.upstreams.Rights.Resource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What callers may ask for, what they are told, and what their calls go on under. */
class CallersTest {

  private static final String TOPIC = "orders";
  private static final String GROUP = "billing";

  private @Nullable FrontendServer server;

  @AfterEach
  void stop() throws InterruptedException {
    if (server != null) {
      server.stop();
    }
  }

  @Test
  void everyMethodIsAmongThoseThatAreTried() {
    Set<String> tried =
        all().map(call -> call.method().getFullMethodName()).collect(Collectors.toSet());

    assertThat(tried)
        .containsExactlyInAnyOrderElementsOf(
            MessagingServiceGrpc.getServiceDescriptor().getMethods().stream()
                .map(method -> method.getFullMethodName())
                .toList());
  }

  @Test
  void whoIsNotLetInIsToldSoByEveryMethodBeforeAnythingElseIsLookedAt() throws Exception {
    // given
    server =
        server(
            connection ->
                () -> {
                  throw new GatewayException(
                      ErrorCategory.UNAUTHENTICATED, Subject.NONE, "authorization: who are you?");
                });
    // Without an id, which would be refused too; and names that are none.
    V2Client client = V2Client.withoutId(server);
    List<EveryCall> calls =
        Stream.of(EveryCall.about("?", "?"), EveryCall.others("?")).flatMap(List::stream).toList();
    for (EveryCall call : calls) {
      // when
      Message answer = call.on(client.channel());

      // then
      assertThat(EveryCall.status(answer).getCode())
          .as(call.toString())
          .isEqualTo(Code.UNAUTHORIZED);
      assertThat(EveryCall.status(answer).getMessage()).isEqualTo("authorization: who are you?");
      if (answer instanceof ChangeInvisibleDurationResponse changed) {
        assertThat(changed.getReceiptHandle()).isEqualTo("h");
      }
    }
  }

  @Test
  void everyMethodNeedsAllOfItsRights() throws Exception {
    Set<String> granted = new HashSet<>();
    Rights rights =
        (action, resource, name) ->
            granted.contains(action + " " + resource) && (name.equals(TOPIC) || name.equals(GROUP));
    NamedCaller alice = NamedCaller.with(rights);
    server = server(connection -> () -> connection.get().of(alice));
    V2Client client = V2Client.of(server, "c");
    for (EveryCall call : EveryCall.about(TOPIC, GROUP)) {
      granted.clear();
      granted.addAll(List.of("PUB TOPIC", "SUB TOPIC", "SUB GROUP", "PUB GROUP"));
      assertThat(code(client, call)).as(call.toString()).isNotEqualTo(Code.FORBIDDEN);
      for (String need : call.needs()) {
        granted.remove(need);
        Message answer = call.on(client.channel());
        assertThat(EveryCall.status(answer).getCode())
            .as(call + " without " + need)
            .isEqualTo(Code.FORBIDDEN);
        assertThat(EveryCall.status(answer).getMessage())
            .startsWith(need.endsWith("TOPIC") ? "topic: orders is" : "group: billing is")
            .contains("is not for User:alice (expected: one that its permissions allow ")
            .contains(need.substring(0, 3));
        granted.add(need);
      }
    }
    for (EveryCall call : EveryCall.about("others", "others")) {
      assertThat(code(client, call)).as("about others: " + call).isEqualTo(Code.FORBIDDEN);
    }
  }

  @Test
  void aRouteIsForThoseWhoSendAndForThoseWhoRead() throws Exception {
    List<Action> granted = new ArrayList<>();
    NamedCaller alice =
        NamedCaller.with(
            (action, resource, name) -> resource == Resource.TOPIC && granted.contains(action));
    server = server(connection -> () -> connection.get().of(alice));
    V2Client client = V2Client.of(server, "c");
    server.backend().makeTopic(FrontendServer.ADDRESS, TOPIC);
    EveryCall route = EveryCall.others(TOPIC).getFirst();

    assertThat(code(client, route)).isEqualTo(Code.FORBIDDEN);
    granted.add(Action.PUB);
    assertThat(code(client, route)).isEqualTo(Code.OK);
    granted.set(0, Action.SUB);
    assertThat(code(client, route)).isEqualTo(Code.OK);
  }

  @Test
  void nobodyEndsTheClientOfAnotherCallerWithItsId() throws Exception {
    // given two callers with clients of one id, who ask for different things of one group
    List<NamedCaller> now = new ArrayList<>();
    NamedCaller alice = NamedCaller.with(Rights.ALL);
    NamedCaller bob = new NamedCaller("User:bob", Rights.ALL, Optional.empty());
    now.add(alice);
    server = server(connection -> () -> connection.get().of(now.getFirst()));
    server.backend().makeTopic(FrontendServer.ADDRESS, TOPIC);
    V2Client client = V2Client.of(server, "same");
    client.subscribe();

    // when
    now.set(0, bob);
    terminate(client);

    // then alice's client still is of the group
    assertThat(
            client
                .answers(
                    V2Client.receive()
                        .setFilterExpression(
                            FilterExpression.newBuilder()
                                .setType(FilterType.TAG)
                                .setExpression("other"))
                        .setLongPollingTimeout(Times.duration(0)))
                .getFirst()
                .getStatus()
                .getCode())
        .isEqualTo(Code.PRECONDITION_FAILED);
  }

  private static void terminate(V2Client client) {
    assertThat(
            client
                .stub()
                .notifyClientTermination(
                    NotifyClientTerminationRequest.newBuilder()
                        .setGroup(V2Client.resource(GROUP))
                        .build())
                .getStatus()
                .getCode())
        .isEqualTo(Code.OK);
  }

  @Test
  void callsGoOnUnderTheCallersOwnCredentialsWhereItHasAnyAndTheirUpstreamEndsWithIt()
      throws Exception {
    // given
    List<NamedCaller> now = new ArrayList<>();
    now.add(
        new NamedCaller(
            "User:alice", Rights.ALL, Optional.of(new Credentials("alice", "secret-1"))));
    server = server(connection -> () -> connection.get().of(now.getFirst()));
    V2Client first = V2Client.of(server, "first");
    V2Client second = V2Client.of(server, "second");

    // when
    first.sendOk(V2Client.message("a").build());
    second.sendOk(V2Client.message("b").build());

    // then both share one, beside the common one, which nobody has used
    assertThat(leases()).isEqualTo(3);
    assertThat(server.gateway().upstreams().open()).isOne();

    // when another caller comes by the same connection
    now.set(0, new NamedCaller("User:bob", Rights.ALL, Optional.empty()));
    first.sendOk(V2Client.message("c").build());

    // then its calls are the gateway's own
    assertThat(server.gateway().upstreams().open()).isEqualTo(2);

    // when
    second.connection().shutdownNow();

    // then
    await().untilAsserted(() -> assertThat(leases()).isEqualTo(2));
    assertThat(server.ledger().snapshot().toString()).doesNotContain("secret-1");
  }

  private long leases() {
    return Objects.requireNonNull(server).ledger().open(ResourceKinds.LEASE);
  }

  private static Stream<EveryCall> all() {
    return Stream.of(EveryCall.about(TOPIC, GROUP), EveryCall.others(TOPIC)).flatMap(List::stream);
  }

  private static Code code(V2Client client, EveryCall call) throws InterruptedException {
    return EveryCall.status(call.on(client.channel())).getCode();
  }

  private static FrontendServer server(UnaryOperator<CurrentConnection> around) throws IOException {
    return FrontendServer.start(
        GatewaySettings.DEFAULTS,
        MemoryOptions.DEFAULTS,
        (gateway, connection, ledger) -> {
          V2Frontend frontend = V2Frontend.create(gateway, around.apply(connection), ledger);
          return new FrontendServer.Served(frontend.service(), frontend::close);
        });
  }
}
