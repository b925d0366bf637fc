package dev.sluice.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.gateway.spi.testing.MemoryFaults.Operation;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.BlockingClientCall;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What those learn who ask whether a gateway is well, and what it serves. */
class ProbesTest extends WithGateways {
  private static final String PROXY = "rocketmq.RocketMQProxy";
  private static final String SECOND = "apache.rocketmq.v2.MessagingService";

  private final MemorySystem system = new MemorySystem();

  @ParameterizedTest
  @ValueSource(strings = {"", PROXY, SECOND})
  void theHealthOfEachServiceFollowsTheUpstream(String service) throws Exception {
    // given
    Served gateway = start(system, Map.of());
    ManagedChannel channel = gateway.channel();
    assertThat(health(channel, service)).isEqualTo(ServingStatus.SERVING);

    // when
    for (int i = 0; i < 20; i++) {
      system.faults().failNext(Operation.PING, GatewayException.unavailable("nobody there", null));
    }

    // then
    await()
        .atMost(Duration.ofSeconds(15))
        .untilAsserted(
            () -> assertThat(health(channel, service)).isEqualTo(ServingStatus.NOT_SERVING));
    var answer =
        RocketMQProxyGrpc.newBlockingV2Stub(channel)
            .healthCheck(dev.sluice.gateway.proto.proxy.HealthCheckRequest.getDefaultInstance());
    assertThat(answer.getHealthy()).isFalse();
    assertThat(answer.getMessage()).contains("nobody there");
  }

  @Test
  void anUpstreamThatAsksForCredentialsIsReadyForThoseWhoHaveThem() throws Exception {
    // given
    Served gateway = start(system, Map.of());
    for (int i = 0; i < 20; i++) {
      system
          .faults()
          .failNext(
              Operation.PING,
              new GatewayException(ErrorCategory.UNAUTHENTICATED, Subject.NONE, "who are you?"));
    }

    // then
    await()
        .atMost(Duration.ofSeconds(15))
        .untilAsserted(
            () -> assertThat(gateway.get("/ready").body()).contains("asks for credentials"));
    assertThat(gateway.get("/ready").statusCode()).isEqualTo(200);
    assertThat(health(gateway.channel(), PROXY)).isEqualTo(ServingStatus.SERVING);
  }

  @Test
  void theHealthOfAnUnknownServiceIsNotFound() throws Exception {
    ManagedChannel channel = start(system, Map.of()).channel();

    assertThatThrownBy(() -> health(channel, "no.such.Service"))
        .isInstanceOfSatisfying(
            StatusException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND));
  }

  @Test
  void reflectionTellsTheServicesAndTheirSchema() throws Exception {
    // given
    ManagedChannel channel = start(system, Map.of()).channel();
    BlockingClientCall<ServerReflectionRequest, ServerReflectionResponse> reflection =
        ServerReflectionGrpc.newBlockingV2Stub(channel).serverReflectionInfo();

    // when
    reflection.write(ServerReflectionRequest.newBuilder().setListServices("*").build());
    ServerReflectionResponse services = reflection.read(10, TimeUnit.SECONDS);
    reflection.write(ServerReflectionRequest.newBuilder().setFileContainingSymbol(PROXY).build());
    ServerReflectionResponse schema = reflection.read(10, TimeUnit.SECONDS);
    reflection.halfClose();

    // then
    assertThat(Objects.requireNonNull(services).getListServicesResponse().getServiceList())
        .map(ServiceResponse::getName)
        .contains(PROXY, SECOND, "grpc.health.v1.Health");
    assertThat(
            Objects.requireNonNull(schema).getFileDescriptorResponse().getFileDescriptorProtoList())
        .isNotEmpty();
    assertThat(reflection.read(10, TimeUnit.SECONDS)).isNull();
  }

  @Test
  void httpTellsLifeAndReadiness() throws Exception {
    // given
    Served gateway = start(system, Map.of());

    // when
    HttpResponse<String> health = gateway.get("/health");
    HttpResponse<String> ready = gateway.get("/ready");

    // then
    assertThat(health.statusCode()).isEqualTo(200);
    assertThat(health.body()).isEqualTo("{\"status\":\"up\"}\n");
    assertThat(ready.statusCode()).isEqualTo(200);
    assertThat(ready.body())
        .isEqualTo("{\"status\":\"ready\",\"detail\":\"the upstream answers\"}\n");
    assertThat(gateway.get("/nothing-here").statusCode()).isEqualTo(404);
  }

  private static ServingStatus health(ManagedChannel channel, String service)
      throws StatusException {
    return HealthGrpc.newBlockingV2Stub(channel)
        .check(HealthCheckRequest.newBuilder().setService(service).build())
        .getStatus();
  }
}
