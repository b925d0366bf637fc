package dev.sluice.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.gateway.access.ApiKeys;
import dev.sluice.gateway.proto.proxy.CleanupProducerRequest;
import dev.sluice.gateway.proto.proxy.HealthCheckRequest;
import dev.sluice.gateway.proto.proxy.Message;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc.RocketMQProxyBlockingV2Stub;
import dev.sluice.gateway.proto.v2.MessagingServiceGrpc;
import dev.sluice.gateway.proto.v2.QueryRouteRequest;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.stub.BlockingClientCall;
import io.grpc.stub.MetadataUtils;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What API keys do on a real gateway. */
class ApiKeySettingsTest extends WithGateways {
  private final String alices = ApiKeys.newKey();
  private final String bobs = ApiKeys.newKey();

  @Test
  @Shows(Setting.API_KEYS_FILE)
  void withAFileOfKeysCallsNeedOneAndProbesDoNot() throws Exception {
    // given
    Served gateway = start(ApiKeys.entry("alice", alices));
    RocketMQProxyBlockingV2Stub nobody = gateway.calls();

    // then
    String producer = Served.producer(calls(gateway, alices));
    assertThat(Served.send(calls(gateway, alices), producer, "x").getSuccess()).isTrue();
    assertUnauthenticated(() -> Served.producer(nobody));
    assertUnauthenticated(() -> Served.send(nobody, producer, "x"));
    assertUnauthenticated(() -> Served.producer(calls(gateway, bobs)));
    assertUnauthenticated(
        () ->
            MessagingServiceGrpc.newBlockingV2Stub(gateway.channel())
                .queryRoute(QueryRouteRequest.getDefaultInstance()));
    assertUnauthenticated(
        () -> reflection(gateway.channel()).read(Served.PATIENCE.toSeconds(), TimeUnit.SECONDS));
    assertThat(
            reflection(with(alices, gateway.channel()))
                .read(Served.PATIENCE.toSeconds(), TimeUnit.SECONDS))
        .isNotNull();
    assertThat(nobody.healthCheck(HealthCheckRequest.getDefaultInstance()).getHealthy()).isTrue();
    assertThat(
            HealthGrpc.newBlockingV2Stub(gateway.channel())
                .check(io.grpc.health.v1.HealthCheckRequest.getDefaultInstance())
                .getStatus())
        .isEqualTo(io.grpc.health.v1.HealthCheckResponse.ServingStatus.SERVING);
    assertThat(gateway.get("/health").statusCode()).isEqualTo(200);
    assertThat(gateway.sample("sluice_authentication_failures_total")).isEqualTo(5);
  }

  @Test
  void anIdIsOfNoUseUnderAnotherKey() throws Exception {
    // given
    Served gateway = start(ApiKeys.entry("alice", alices) + ApiKeys.entry("bob", bobs));
    String producer = Served.producer(calls(gateway, alices));
    RocketMQProxyBlockingV2Stub bob = calls(gateway, bobs);

    // when
    var sent = Served.send(bob, producer, "x");
    var cleaned =
        bob.cleanupProducer(CleanupProducerRequest.newBuilder().setProducerId(producer).build());

    // then
    assertThat(sent.getSuccess()).isFalse();
    assertThat(sent.getMessage()).startsWith("producer id: was made with another API key");
    assertThat(cleaned.getSuccess()).isFalse();
    assertThat(Served.send(calls(gateway, alices), producer, "x").getSuccess()).isTrue();
  }

  @Test
  void aKeyThatIsTakenOutOfTheFileLosesItsStreamAndWhatThatHeldComesAgain() throws Exception {
    // given
    MemorySystem system = new MemorySystem();
    Path file = write(ApiKeys.entry("alice", alices) + ApiKeys.entry("bob", bobs));
    Served gateway =
        start(
            system,
            Map.of(Setting.API_KEYS_FILE, file.toString(), Setting.RELOAD_INTERVAL, "50ms"));
    Channel shared = gateway.channel();
    RocketMQProxyBlockingV2Stub alice = RocketMQProxyGrpc.newBlockingV2Stub(with(alices, shared));
    RocketMQProxyBlockingV2Stub bob = RocketMQProxyGrpc.newBlockingV2Stub(with(bobs, shared));
    String consumer = Served.consumer(alice);
    BlockingClientCall<?, Message> stream = gateway.stream(alice, consumer);
    Served.sendAll(bob, Served.producer(bob), 1);
    assertThat(stream.read(Served.PATIENCE.toSeconds(), TimeUnit.SECONDS)).isNotNull();

    // when
    write(ApiKeys.entry("bob", bobs));

    // then
    assertThatThrownBy(() -> stream.read(Served.PATIENCE.toSeconds(), TimeUnit.SECONDS))
        .isInstanceOf(StatusException.class)
        .hasMessageContaining("UNAVAILABLE");
    await()
        .untilAsserted(
            () -> assertThat(system.memory().hidden(MemorySystem.ADDRESS, "t", "g")).isZero());
    assertUnauthenticated(() -> Served.consumer(alice));
    assertThat(Served.consumer(bob)).isNotEmpty();
  }

  @Test
  void aFileThatCannotBeUsedEndsTheStart() throws Exception {
    assertThatThrownBy(() -> start("- name: alice\n"))
        .isInstanceOf(StartException.class)
        .hasMessageStartingWith("API_KEYS_FILE: ")
        .hasMessageContaining("has a sha256 that is none in entry 1 (alice)");
  }

  private Served start(String keys) throws Exception {
    return start(new MemorySystem(), Map.of(Setting.API_KEYS_FILE, write(keys).toString()));
  }

  private Path write(String keys) throws Exception {
    return Files.writeString(folder().resolve("keys.yaml"), keys);
  }

  private static RocketMQProxyBlockingV2Stub calls(Served gateway, String key) {
    return RocketMQProxyGrpc.newBlockingV2Stub(with(key, gateway.channel()));
  }

  private static Channel with(String key, Channel channel) {
    Metadata headers = new Metadata();
    headers.put(ApiKeys.API_KEY, key);
    return ClientInterceptors.intercept(
        channel, MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  private static BlockingClientCall<?, ?> reflection(Channel channel) throws Exception {
    var call = ServerReflectionGrpc.newBlockingV2Stub(channel).serverReflectionInfo();
    try {
      call.write(ServerReflectionRequest.newBuilder().setListServices("").build());
    } catch (StatusException e) {
      // Refused already, which reading tells too.
    }
    return call;
  }

  private static void assertUnauthenticated(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StatusException.class,
            e -> {
              assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
              assertThat(e.getStatus().getDescription()).startsWith("API key: ");
            });
  }
}
