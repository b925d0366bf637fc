package dev.sluice.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.gateway.proto.proxy.HealthCheckRequest;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc;
import dev.sluice.gateway.proto.v2.Address;
import dev.sluice.gateway.proto.v2.AddressScheme;
import dev.sluice.gateway.proto.v2.Endpoints;
import dev.sluice.gateway.proto.v2.MessagingServiceGrpc;
import dev.sluice.gateway.proto.v2.QueryRouteRequest;
import dev.sluice.gateway.proto.v2.Resource;
import dev.sluice.gateway.spi.testing.MemoryFaults.Operation;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.testkit.FaultyNetwork;
import dev.sluice.testkit.FreePort;
import io.grpc.ManagedChannel;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the settings about listening do. */
class ListeningSettingsTest extends WithGateways {
  private final MemorySystem system = new MemorySystem();
  private final Ledger networks;
  private final List<FaultyNetwork> stalling = new ArrayList<>();

  ListeningSettingsTest(Ledger networks) {
    this.networks = networks;
  }

  @Test
  @Shows({Setting.GRPC_PORT, Setting.METRICS_PORT})
  void itListensOnThePortsThatAreSet() throws Exception {
    // given
    int grpc = FreePort.of("127.0.0.1");
    int http = FreePort.of("127.0.0.1");

    // when
    Served gateway =
        start(system, Map.of(Setting.GRPC_PORT, "" + grpc, Setting.METRICS_PORT, "" + http));

    // then
    var calls = RocketMQProxyGrpc.newBlockingV2Stub(gateway.channel("127.0.0.1", grpc));
    assertThat(calls.healthCheck(HealthCheckRequest.getDefaultInstance()).getHealthy()).isTrue();
    assertThat(Served.get("127.0.0.1", http, "/health").statusCode()).isEqualTo(200);
  }

  @Test
  @Shows(Setting.BIND_ADDRESS)
  void itListensOnTheAddressThatIsSetAndOnNoOther() throws Exception {
    // given a second address of the loopback, which not every system has
    assumeThat(FreePort.of("127.0.0.2")).as("a port of 127.0.0.2").isPositive();

    // when
    Served gateway = start(system, Map.of(Setting.BIND_ADDRESS, "127.0.0.2"));

    // then
    int grpc = gateway.server().grpcPort();
    int http = gateway.server().httpPort();
    var calls = RocketMQProxyGrpc.newBlockingV2Stub(gateway.channel("127.0.0.2", grpc));
    assertThat(calls.healthCheck(HealthCheckRequest.getDefaultInstance()).getHealthy()).isTrue();
    assertThat(Served.get("127.0.0.2", http, "/health").statusCode()).isEqualTo(200);
    assertThatThrownBy(() -> Served.get("127.0.0.1", http, "/health"))
        .isInstanceOf(ConnectException.class);
    assertThatThrownBy(
            () ->
                RocketMQProxyGrpc.newBlockingV2Stub(gateway.channel("127.0.0.1", grpc))
                    .healthCheck(HealthCheckRequest.getDefaultInstance()))
        .hasMessageContaining("UNAVAILABLE");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          mq.example:443          | DOMAIN_NAME | mq.example:443
          10.0.0.1:81;10.0.0.2:82 | IPv4        | 10.0.0.1:81 10.0.0.2:82
          [fd00::1]:81            | IPv6        | fd00::1:81
          ''                      | IPv4        | 127.0.0.1:7
          """)
  @Shows(Setting.CLIENT_ENDPOINTS)
  void clientsFindTheQueuesAtTheAddressesThatAreSetElseWhereTheyDialled(
      String set, AddressScheme scheme, String told) throws Exception {
    Served gateway = start(system, Map.of(Setting.CLIENT_ENDPOINTS, set));
    system.memory().makeTopic(MemorySystem.ADDRESS, "orders");
    Endpoints dialled =
        Endpoints.newBuilder()
            .setScheme(AddressScheme.IPv4)
            .addAddresses(Address.newBuilder().setHost("127.0.0.1").setPort(7))
            .build();

    Endpoints found =
        MessagingServiceGrpc.newBlockingV2Stub(SignedCalls.ofNobody(gateway.channel()).channel())
            .queryRoute(
                QueryRouteRequest.newBuilder()
                    .setTopic(Resource.newBuilder().setName("orders"))
                    .setEndpoints(dialled)
                    .build())
            .getMessageQueues(0)
            .getBroker()
            .getEndpoints();

    assertThat(found.getScheme()).isEqualTo(scheme);
    assertThat(
            found.getAddressesList().stream()
                .map(address -> address.getHost() + ":" + address.getPort())
                .collect(Collectors.joining(" ")))
        .isEqualTo(told);
  }

  @Test
  @Shows(Setting.WORKER_POOL_SIZE)
  void oneHttpRequestTooManyIsRefused() throws Exception {
    // given one that waits for the upstream, and the last answer of that too old to be given again
    Served gateway = start(system, Map.of(Setting.WORKER_POOL_SIZE, "1"));
    system.faults().hold(Operation.PING);
    await().until(() -> system.faults().holding(Operation.PING) > 0);
    CompletableFuture<HttpResponse<String>> waiting = new CompletableFuture<>();
    Thread.startVirtualThread(() -> complete(waiting, gateway));

    // then
    await()
        .pollInterval(Duration.ofMillis(20))
        .untilAsserted(() -> assertThat(gateway.get("/health").statusCode()).isEqualTo(503));
    system.faults().release(Operation.PING);
    assertThat(waiting).succeedsWithin(Served.PATIENCE);
    await().untilAsserted(() -> assertThat(gateway.get("/health").statusCode()).isEqualTo(200));
  }

  /** Asks until it is ready: the question itself may be the one too many, beside the other. */
  private static void complete(CompletableFuture<HttpResponse<String>> answer, Served gateway) {
    try {
      HttpResponse<String> ready = gateway.get("/ready");
      while (ready.statusCode() != 200) {
        ready = gateway.get("/ready");
      }
      answer.complete(ready);
    } catch (IOException | InterruptedException e) {
      answer.completeExceptionally(e);
    }
  }

  @Test
  @Shows({Setting.KEEPALIVE_TIME, Setting.KEEPALIVE_TIMEOUT})
  void aConnectionWhoseOtherEndIsGoneIsGivenUpInTheTimeThatIsSet() throws Exception {
    // given
    Served quick = stalled("10s", "1s");
    Served rarelyAsking = stalled("1h", "1s");
    Served patient = stalled("10s", "10m");

    // then
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () -> {
              assertThat(quick.figure("active_connections")).isZero();
              assertThat(quick.figure("active_producers")).isZero();
            });
    assertThat(rarelyAsking.figure("active_connections")).isEqualTo(1);
    assertThat(patient.figure("active_connections")).isEqualTo(1);
    stalling.forEach(FaultyNetwork::cut);
  }

  /** A gateway with one connection over a network that delivers nothing any more. */
  private Served stalled(String time, String timeout) throws Exception {
    Served gateway =
        start(
            new MemorySystem(),
            Map.of(Setting.KEEPALIVE_TIME, time, Setting.KEEPALIVE_TIMEOUT, timeout));
    FaultyNetwork network =
        FaultyNetwork.start(
            networks,
            new InetSocketAddress(InetAddress.getLoopbackAddress(), gateway.server().grpcPort()));
    closeAfterwards(() -> network.close(Deadline.after(Duration.ofSeconds(5))));
    ManagedChannel channel = gateway.channel("127.0.0.1", network.port());
    Served.producer(RocketMQProxyGrpc.newBlockingV2Stub(channel));
    network.stall();
    stalling.add(network);
    return gateway;
  }
}
