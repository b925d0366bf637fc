package dev.sluice.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.gateway.proto.proxy.CreateProducerRequest;
import dev.sluice.gateway.proto.proxy.CreateProducerResponse;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc.RocketMQProxyBlockingV2Stub;
import dev.sluice.testkit.TestCertificate;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The borders of what one gRPC connection and one call may be. */
class GrpcLimitsTest extends WithGateways {
  private static final int MIB = 1024 * 1024;

  @Test
  void aBodyAtItsBoundIsTakenAndOneByteMoreIsRefusedByName() throws Exception {
    Served gateway = start(new MemorySystem(), Map.of());
    RocketMQProxyBlockingV2Stub calls = gateway.calls();
    String producer = Served.producer(calls);

    assertThat(Served.send(calls, producer, "x".repeat(4 * MIB)).getSuccess()).isTrue();
    assertThat(Served.send(calls, producer, "x".repeat(4 * MIB + 1)).getMessage())
        .contains("4194305 bytes (expected: at most 4194304");
  }

  @Test
  void aRequestBeyondItsBoundIsRefusedWithBothSizes() throws Exception {
    Served gateway = start(new MemorySystem(), Map.of());
    RocketMQProxyBlockingV2Stub calls = gateway.calls();
    String producer = Served.producer(calls);

    assertThatThrownBy(() -> Served.send(calls, producer, "x".repeat(8 * MIB + 1)))
        .isInstanceOfSatisfying(
            StatusException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED))
        .hasMessageContaining("8388608");
    assertThat(Served.producer(calls)).as("the connection lives on").isNotEmpty();
  }

  @Test
  void headersBeyondTheirBoundAreRefused() throws Exception {
    Served gateway = start(new MemorySystem(), Map.of());
    Channel channel = gateway.channel();

    assertThat(Served.producer(withHeader(channel, 15 * 1024))).isNotEmpty();
    assertThatThrownBy(() -> Served.producer(withHeader(channel, 17 * 1024)))
        .as("this client knows the bound, and keeps to it")
        .isInstanceOf(StatusException.class)
        .hasStackTraceContaining("exceeded max allowed size (16384)");
    assertThat(Served.producer(withHeader(channel, 1))).as("the connection lives on").isNotEmpty();
  }

  @Test
  void headersBeyondTheirBoundAreRefusedAlsoOfClientsThatDoNotKeepToIt() throws Exception {
    TestCertificate authority = TestCertificate.authority("authority");
    Path certificate = authority.signs("server").writeTo(folder(), "server");
    Served gateway =
        start(
            new MemorySystem(),
            Map.of(
                Setting.TLS_CERT,
                certificate.toString(),
                Setting.TLS_KEY,
                folder().resolve("server.key").toString()));

    try (HttpClient client =
        HttpClient.newBuilder().sslContext(TestCertificate.client(authority)).build()) {
      assertThat(statusWithHeader(client, gateway, 15 * 1024)).isEqualTo(200);
      assertThat(statusWithHeader(client, gateway, 17 * 1024)).isEqualTo(431);
    }
  }

  private static int statusWithHeader(HttpClient client, Served gateway, int size)
      throws IOException, InterruptedException {
    URI uri =
        URI.create(
            "https://localhost:"
                + gateway.server().grpcPort()
                + "/rocketmq.RocketMQProxy/HealthCheck");
    HttpRequest request =
        HttpRequest.newBuilder(uri)
            .timeout(Served.PATIENCE)
            .header("content-type", "application/grpc")
            .header("te", "trailers")
            .header("x-large", "x".repeat(size))
            .POST(HttpRequest.BodyPublishers.ofByteArray(new byte[5]))
            .build();
    return client.send(request, HttpResponse.BodyHandlers.ofByteArray()).statusCode();
  }

  private static RocketMQProxyBlockingV2Stub withHeader(Channel channel, int size) {
    Metadata headers = new Metadata();
    headers.put(Metadata.Key.of("x-large", Metadata.ASCII_STRING_MARSHALLER), "x".repeat(size));
    return RocketMQProxyGrpc.newBlockingV2Stub(
        ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers)));
  }

  /** Rapid reset, CVE-2023-44487. */
  @Test
  void aConnectionThatCancelsCallsWithoutEndIsClosedAndOneThatCancelsSomeIsNot() throws Exception {
    // given
    Served gateway = start(new MemorySystem(), Map.of());
    ManagedChannel some = gateway.channel();
    cancel(some, 2_000);
    assertThat(Served.producer(RocketMQProxyGrpc.newBlockingV2Stub(some))).isNotEmpty();
    assertThat(gateway.figure("total_connections")).isEqualTo(1);

    // when
    ManagedChannel flood = gateway.channel();
    cancel(flood, 20_000);

    // then
    await()
        .ignoreException(StatusException.class)
        .untilAsserted(
            () ->
                assertThat(Served.producer(RocketMQProxyGrpc.newBlockingV2Stub(flood)))
                    .isNotEmpty());
    assertThat(gateway.figure("total_connections")).as("it had to connect anew").isGreaterThan(2);
    assertThat(Served.producer(RocketMQProxyGrpc.newBlockingV2Stub(some))).isNotEmpty();
  }

  private static void cancel(Channel channel, int calls) throws Exception {
    Served.producer(RocketMQProxyGrpc.newBlockingV2Stub(channel));
    for (int i = 0; i < calls; i++) {
      ClientCall<CreateProducerRequest, CreateProducerResponse> call =
          channel.newCall(RocketMQProxyGrpc.getCreateProducerMethod(), CallOptions.DEFAULT);
      call.start(new ClientCall.Listener<>() {}, new Metadata());
      call.request(1);
      call.cancel("enough", null);
    }
  }
}
