package dev.sluice.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.gateway.access.ApiKeys;
import dev.sluice.gateway.proto.proxy.CreateProducerRequest;
import dev.sluice.gateway.proto.proxy.HealthCheckRequest;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc.RocketMQProxyBlockingV2Stub;
import dev.sluice.gateway.upstreams.ResourceKinds;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.BlockingClientCall;
import io.netty.handler.codec.http2.Http2Settings;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What those without an API key can do to a real gateway: little. */
class StrangersTest extends WithGateways {
  private static final Duration TEN_SECONDS = Duration.ofSeconds(10);
  private static final String HEALTH_CHECK = "/rocketmq.RocketMQProxy/HealthCheck";

  private final MemorySystem system = new MemorySystem();

  @Test
  void healthChecksOpenNothingAndRememberNoNames() throws Exception {
    // given
    Served gateway = guarded();
    ManagedChannel channel = gateway.channel();
    RocketMQProxyBlockingV2Stub proxy = RocketMQProxyGrpc.newBlockingV2Stub(channel);
    var health = HealthGrpc.newBlockingV2Stub(channel);

    // when
    for (int i = 0; i < 200; i++) {
      assertThat(proxy.healthCheck(HealthCheckRequest.getDefaultInstance()).getHealthy()).isTrue();
      String name = "service-" + i;
      assertRefused(() -> health.check(named(name)), Status.Code.NOT_FOUND);
    }

    // then
    assertThat(gateway.ledger().open(ResourceKinds.UPSTREAM)).isOne();
    assertThat(system.memory().openUpstreams()).isOne();
    assertThat(gateway.ledger().open(ResourceKinds.PRODUCER)).isZero();
    assertThat(gateway.ledger().open(ResourceKinds.CONSUMER)).isZero();
  }

  @Test
  void whoWatchesHealthMayDoSoAFewTimesAndByNamesOfSomeLength() throws Exception {
    // given
    Served gateway = guarded();
    ManagedChannel channel = gateway.channel();
    var health = HealthGrpc.newBlockingV2Stub(channel);
    List<BlockingClientCall<?, HealthCheckResponse>> watches = new ArrayList<>();

    // when
    watches.add(health.watch(named("")));
    for (int i = 1; i < 16; i++) {
      watches.add(health.watch(named("x".repeat(254) + (char) ('a' + i))));
    }

    // then
    assertThat(statusOf(watches.getFirst())).isEqualTo(ServingStatus.SERVING);
    for (var other : watches.subList(1, watches.size())) {
      assertThat(statusOf(other)).isEqualTo(ServingStatus.SERVICE_UNKNOWN);
    }
    assertRefused(() -> statusOf(health.watch(named(""))), Status.Code.RESOURCE_EXHAUSTED);
    assertThat(statusOf(HealthGrpc.newBlockingV2Stub(gateway.channel()).watch(named(""))))
        .as("on another connection")
        .isEqualTo(ServingStatus.SERVING);
    assertThatThrownBy(() -> health.check(named("x".repeat(256))))
        .hasMessage("INVALID_ARGUMENT: service: 256 characters (expected: at most 255)");

    // when one ends
    watches.getLast().cancel("enough", null);
    // Calls of one connection are served in their order.
    health.check(named(""));

    // then
    assertThatThrownBy(() -> statusOf(health.watch(named("x".repeat(256)))))
        .hasMessage("INVALID_ARGUMENT: service: 256 characters (expected: at most 255)");
    assertThat(statusOf(health.watch(named("")))).isEqualTo(ServingStatus.SERVING);
    watches.forEach(watch -> watch.cancel("enough", null));
  }

  @Test
  void theLogStaysShortWhateverStrangersDo() throws Exception {
    // given
    PrintStream before = System.err;
    var written = new ByteArrayOutputStream();
    System.setErr(new PrintStream(written, true, StandardCharsets.UTF_8));
    Logs.use(LogLevel.INFO, Logs.Form.TEXT);
    try {
      Served gateway = guarded();
      int own = lines(written).size();

      long begun = System.nanoTime();

      // when
      for (int i = 0; i < 20; i++) {
        pesterWithoutKeys(gateway);
        pesterWithResets(gateway);
        pesterWithNoHttp(gateway);
      }

      // then
      List<String> all = lines(written);
      List<String> lines = all.subList(own, all.size());
      // One tells of ten seconds.
      int tens = (int) Duration.ofNanos(System.nanoTime() - begun).dividedBy(TEN_SECONDS);
      assertThat(lines.stream().filter(line -> line.contains("calls refused")))
          .as(() -> String.join("\n", lines))
          .hasSizeBetween(1, 2 + tens);
      assertThat(lines.stream().filter(line -> line.matches("\\d{4}-.*")))
          .as(() -> String.join("\n", lines))
          .hasSizeLessThan(20 * (1 + tens));
    } finally {
      System.setErr(before);
      Logs.use(LogLevel.WARN, Logs.Form.TEXT);
    }
  }

  private static void pesterWithoutKeys(Served gateway) {
    RocketMQProxyBlockingV2Stub stranger = gateway.calls();
    for (int i = 0; i < 10; i++) {
      assertRefused(
          () -> stranger.createProducer(CreateProducerRequest.getDefaultInstance()),
          Status.Code.UNAUTHENTICATED);
    }
  }

  /** Answers that wait because the peer has no room for them, and then nobody wants them. */
  private static void pesterWithResets(Served gateway) throws Exception {
    var noRoom = Http2Settings.defaultSettings().initialWindowSize(0).pushEnabled(false);
    RocketMQProxyBlockingV2Stub others = gateway.calls();
    try (Http2Caller caller = Http2Caller.connect(gateway.server().grpcPort(), noRoom)) {
      for (int i = 0; i < 20; i++) {
        var call = caller.call(HEALTH_CHECK);
        call.begin(0, 0);
        // A later call is answered when this one was served.
        assertThat(others.healthCheck(HealthCheckRequest.getDefaultInstance())).isNotNull();
        call.reset();
      }
    }
  }

  private static void pesterWithNoHttp(Served gateway) throws Exception {
    for (String nonsense : List.of("GET / HTTP/1.1\r\n\r\n", "\u0016\u0003\u0001", "\u0000")) {
      try (Socket socket =
          new Socket(InetAddress.getLoopbackAddress(), gateway.server().grpcPort())) {
        socket.getOutputStream().write(nonsense.getBytes(StandardCharsets.ISO_8859_1));
        socket.shutdownOutput();
        socket.setSoTimeout((int) Served.PATIENCE.toMillis());
        socket.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
      } catch (java.net.SocketException e) {
        // Reset, which is an answer too.
      }
    }
  }

  private static List<String> lines(ByteArrayOutputStream written) {
    return written.toString(StandardCharsets.UTF_8).lines().toList();
  }

  private static ServingStatus statusOf(BlockingClientCall<?, HealthCheckResponse> watch)
      throws Exception {
    HealthCheckResponse answer = watch.read(Served.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    assertThat(answer).isNotNull();
    return answer.getStatus();
  }

  private static io.grpc.health.v1.HealthCheckRequest named(String service) {
    return io.grpc.health.v1.HealthCheckRequest.newBuilder().setService(service).build();
  }

  private Served guarded() throws Exception {
    Path keys =
        Files.writeString(folder().resolve("keys.yaml"), ApiKeys.entry("alice", ApiKeys.newKey()));
    return start(system, Map.of(Setting.API_KEYS_FILE, keys.toString()));
  }

  private static void assertRefused(ThrowingCallable call, Status.Code code) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StatusException.class, e -> assertThat(e.getStatus().getCode()).isEqualTo(code));
  }
}
