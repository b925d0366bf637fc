package dev.sluice.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.gateway.proto.proxy.AckMessageRequest;
import dev.sluice.gateway.proto.proxy.CreateConsumerRequest;
import dev.sluice.gateway.proto.proxy.CreateProducerRequest;
import dev.sluice.gateway.proto.proxy.Message;
import dev.sluice.gateway.proto.proxy.ReceiveMessagesRequest;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc.RocketMQProxyBlockingV2Stub;
import dev.sluice.gateway.proto.proxy.SendMessageRequest;
import dev.sluice.gateway.proto.proxy.SendMessageResponse;
import dev.sluice.gateway.proto.proxy.StartPosition;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.testing.MemoryFaults.Operation;
import dev.sluice.gateway.upstreams.ResourceKinds;
import dev.sluice.lifecycle.Clock;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.BlockingClientCall;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The real server, on real ports, in front of a message system in memory. The ledger is checked
 * after each test.
 */
class GatewayServerTest {
  private static final String SEND = "method=\"rocketmq.RocketMQProxy/SendMessage\"";
  private static final Duration CLOSE_TIME = Duration.ofSeconds(30);

  private final Ledger ledger;
  private final MemorySystem system = new MemorySystem();
  private final List<ManagedChannel> channels = new ArrayList<>();
  private @Nullable GatewayServer server;

  @TempDir private Path folder;

  GatewayServerTest(Ledger ledger) {
    this.ledger = ledger;
  }

  @AfterEach
  void closeEverything() throws InterruptedException {
    for (ManagedChannel channel : channels) {
      channel.shutdownNow();
      channel.awaitTermination(30, TimeUnit.SECONDS);
    }
    GatewayServer started = server;
    if (started != null) {
      CloseReport report = started.close(Deadline.after(CLOSE_TIME));
      assertThat(report.clean()).as(report.describe()).isTrue();
      assertThat(system.closed()).isTrue();
    }
  }

  @Test
  void aMessageTravelsThroughAndIsAcknowledged() throws Exception {
    // given
    GatewayServer gateway = start(Map.of());
    RocketMQProxyBlockingV2Stub calls = calls(gateway);
    String consumer = consumer(calls);
    var stream =
        calls.receiveMessages(ReceiveMessagesRequest.newBuilder().setConsumerId(consumer).build());

    // when
    SendMessageResponse sent = send(calls, producer(calls), "hello");
    Message received = next(stream);
    var acknowledged =
        calls.ackMessage(
            AckMessageRequest.newBuilder()
                .setConsumerId(consumer)
                .setReceiptHandle(received.getReceiptHandle())
                .build());

    // then
    assertThat(sent.getSuccess()).as(sent.getMessage()).isTrue();
    assertThat(received.getMessageBody()).isEqualTo("hello");
    assertThat(acknowledged.getSuccess()).as(acknowledged.getMessage()).isTrue();
    assertThat(system.memory().unacknowledged(MemorySystem.ADDRESS, "t", "g")).isZero();
  }

  @Test
  void aConnectionThatEndsReleasesWhatItCreated() throws Exception {
    // given
    GatewayServer gateway = start(Map.of());
    ManagedChannel channel = channel(gateway);
    var calls = RocketMQProxyGrpc.newBlockingV2Stub(channel);
    producer(calls);
    consumer(calls);
    assertThat(ledger.open(ResourceKinds.PRODUCER)).isEqualTo(1);
    assertThat(ledger.open(ResourceKinds.CONSUMER)).isEqualTo(1);

    // when
    channel.shutdownNow();

    // then
    await()
        .untilAsserted(
            () -> {
              assertThat(ledger.open(ResourceKinds.PRODUCER)).isZero();
              assertThat(ledger.open(ResourceKinds.CONSUMER)).isZero();
              assertThat(ledger.open(ResourceKinds.CONNECTION)).isZero();
            });
  }

  /** The server would wait for it until its deadline. */
  @Test
  void aConnectionThatNeverSpokeHttp2IsForgottenWhenItEnds() throws Exception {
    GatewayServer gateway = start(Map.of());

    for (String firstWords : List.of("", "GET / HTTP/1.1\r\n\r\n")) {
      try (var stranger = new Socket(InetAddress.getLoopbackAddress(), gateway.grpcPort())) {
        stranger.getOutputStream().write(firstWords.getBytes(StandardCharsets.US_ASCII));
        stranger.shutdownOutput();
        stranger.getInputStream().readAllBytes();
      }
    }

    CloseReport report = gateway.close(Deadline.after(CLOSE_TIME));
    assertThat(report.clean()).as(report.describe()).isTrue();
  }

  @Test
  void closingEndsOpenStreamsAndHandsBackWhatTheyHold() throws Exception {
    // given
    GatewayServer gateway = start(Map.of());
    RocketMQProxyBlockingV2Stub calls = calls(gateway);
    var stream =
        calls.receiveMessages(
            ReceiveMessagesRequest.newBuilder().setConsumerId(consumer(calls)).build());
    send(calls, producer(calls), "held");
    next(stream);
    assertThat(system.memory().hidden(MemorySystem.ADDRESS, "t", "g")).isEqualTo(1);

    // when
    CloseReport report = gateway.close(Deadline.after(CLOSE_TIME));

    // then
    assertThat(report.clean()).as(report.describe()).isTrue();
    assertThat(report.took()).isLessThan(CLOSE_TIME);
    assertThat(system.memory().hidden(MemorySystem.ADDRESS, "t", "g")).isZero();
    assertThat(ledger.isEmpty()).as(ledger.toString()).isTrue();
    assertThatThrownBy(() -> stream.read(5, TimeUnit.SECONDS)).isInstanceOf(StatusException.class);
  }

  @Test
  void aTakenGrpcPortIsNamedAndNothingStaysOpen() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = "" + taken.getLocalPort();

      assertThatThrownBy(() -> start(Map.of(Setting.GRPC_PORT, port)))
          .isInstanceOf(StartException.class)
          .hasMessage(
              "GRPC_PORT: "
                  + port
                  + " is in use by another program at 127.0.0.1 (expected: a free port; --grpc-port"
                  + " chooses another, 0 any free one)");
      assertThat(ledger.isEmpty()).as(ledger.toString()).isTrue();
      assertThat(system.closed()).isTrue();
    }
  }

  @Test
  void aTakenHttpPortIsNamedAndNothingStaysOpen() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = "" + taken.getLocalPort();

      assertThatThrownBy(() -> start(Map.of(Setting.METRICS_PORT, port)))
          .isInstanceOf(StartException.class)
          .hasMessageStartingWith("METRICS_PORT: " + port + " is in use by another program");
      assertThat(ledger.isEmpty()).as(ledger.toString()).isTrue();
      assertThat(system.closed()).isTrue();
    }
  }

  @Test
  void aStartThatIsInterruptedLeavesNothingOpen() {
    // given
    system.whileStarting(Thread.currentThread()::interrupt);

    // then
    assertThatThrownBy(() -> start(Map.of())).isInstanceOf(StartException.class);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(ledger.isEmpty()).as(ledger.toString()).isTrue();
    assertThat(system.closed()).isTrue();
  }

  @Test
  void anUpstreamThatIsAwayIsNotReadyAndBecomesReadyWhenItIsBack() throws Exception {
    // given
    GatewayServer gateway = start(Map.of());
    assertThat(get(gateway, "/ready").statusCode()).isEqualTo(200);
    for (int i = 0; i < 3; i++) {
      system.faults().failNext(Operation.PING, GatewayException.unavailable("nobody there", null));
    }

    // then
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(
            () -> {
              HttpResponse<String> ready = get(gateway, "/ready");
              assertThat(ready.statusCode()).isEqualTo(503);
              assertThat(ready.body()).contains("not ready").contains("nobody there");
            });
    assertThat(get(gateway, "/health").statusCode()).isEqualTo(200);
    assertThat(serving(gateway)).isEqualTo(ServingStatus.NOT_SERVING);
    await()
        .atMost(Duration.ofSeconds(15))
        .untilAsserted(() -> assertThat(get(gateway, "/ready").statusCode()).isEqualTo(200));
    assertThat(serving(gateway)).isEqualTo(ServingStatus.SERVING);
  }

  @Test
  void metricsHaveTheKnownNamesAndCount() throws Exception {
    // given
    GatewayServer gateway = start(Map.of());
    RocketMQProxyBlockingV2Stub calls = calls(gateway);
    String producer = producer(calls);
    send(calls, producer, "one");
    send(calls, producer, "two");

    // when
    HttpResponse<String> json = get(gateway, "/metrics");

    // then
    assertThat(json.headers().firstValue("content-type")).contains("application/json");
    assertThat(json.body())
        .contains(
            "\"active_connections\" : 1",
            "\"total_connections\" : 1",
            "\"active_producers\" : 1",
            "\"active_consumers\" : 0",
            "\"messages_sent\" : 2",
            "\"messages_received\" : 0",
            "\"messages_per_second\" : ",
            "\"avg_response_time_ms\" : ",
            "\"error_count\" : 0",
            "\"goroutine_count\" : ",
            "\"memory_usage_mb\" : ",
            "\"producer_leak_detections\" : 0",
            "\"consumer_leak_detections\" : 0",
            "\"channel_full_events\" : 0",
            "\"goroutine_leaks\" : 0",
            "\"active_producer_connections\" : ");
    assertThat(json.body()).doesNotContain("\"avg_response_time_ms\" : 0.000");
  }

  @Test
  void scrapersGetPrometheusText() throws Exception {
    // given
    GatewayServer gateway = start(Map.of());
    RocketMQProxyBlockingV2Stub calls = calls(gateway);
    send(calls, producer(calls), "one");

    // when
    HttpResponse<String> always =
        await()
            .until(
                () -> get(gateway, "/metrics/prometheus"),
                // Calls are counted when their answers are on their way.
                text -> text.body().contains("sluice_grpc_call_seconds_count{" + SEND + "} 1"));
    HttpResponse<String> negotiated = get(gateway, "/metrics", "text/plain;version=0.0.4");
    HttpResponse<String> open =
        get(gateway, "/metrics", "application/openmetrics-text;version=1.0.0");

    // then
    assertThat(always.body())
        .contains("sluice_messages_sent_total 1.0")
        .contains("sluice_active_connections 1.0")
        .contains("jvm_memory_used_bytes");
    assertThat(negotiated.headers().firstValue("content-type").orElse("")).startsWith("text/plain");
    assertThat(negotiated.body()).contains("sluice_messages_sent_total 1.0");
    assertThat(open.headers().firstValue("content-type").orElse(""))
        .startsWith("application/openmetrics-text");
    assertThat(open.body()).endsWith("# EOF\n");
  }

  @Test
  @Shows(Setting.ENABLE_METRICS)
  void withoutMetricsOnlyTheProbesAreServed() throws Exception {
    GatewayServer gateway = start(Map.of(Setting.ENABLE_METRICS, "false"));

    assertThat(get(gateway, "/metrics").statusCode()).isEqualTo(404);
    assertThat(get(gateway, "/metrics/prometheus").statusCode()).isEqualTo(404);
    assertThat(get(gateway, "/health").statusCode()).isEqualTo(200);
    assertThat(get(gateway, "/ready").statusCode()).isEqualTo(200);
  }

  @Test
  @Shows(Setting.MAX_CONCURRENT)
  void callsOnOneConnectionTooManyAreRefusedAndSayWhy() throws Exception {
    // given
    GatewayServer gateway = start(Map.of(Setting.MAX_CONCURRENT, "1"));
    producer(calls(gateway));

    // then
    assertThatThrownBy(() -> producer(calls(gateway)))
        .isInstanceOfSatisfying(
            StatusException.class,
            e -> {
              assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
              assertThat(e.getStatus().getDescription())
                  .contains("more than 1")
                  .contains("MAX_CONCURRENT");
            });
    channels.forEach(ManagedChannel::shutdownNow);
    await()
        .ignoreException(StatusException.class)
        .untilAsserted(() -> assertThat(producer(calls(gateway))).isNotEmpty());
  }

  @Test
  void aBodyThatIsTooLargeIsAnsweredAndTheConnectionLivesOn() throws Exception {
    // given
    GatewayServer gateway = start(Map.of());
    RocketMQProxyBlockingV2Stub calls = calls(gateway);
    String producer = producer(calls);

    // when
    SendMessageResponse refused = send(calls, producer, "x".repeat(4 * 1024 * 1024 + 1));
    SendMessageResponse taken = send(calls, producer, "small");

    // then
    assertThat(refused.getSuccess()).isFalse();
    assertThat(refused.getMessage()).contains("4194305").contains("4194304");
    assertThat(taken.getSuccess()).isTrue();
  }

  @Test
  @Shows(Setting.ALLOWED_ENDPOINTS)
  void anEndpointThatIsNotAllowedIsRefusedWithTheSettingThatAllowsIt() throws Exception {
    // given
    GatewayServer gateway = start(Map.of(Setting.ALLOWED_ENDPOINTS, "127.0.0.1:2"));
    RocketMQProxyBlockingV2Stub calls = calls(gateway);

    // when
    var allowed =
        calls.createProducer(
            CreateProducerRequest.newBuilder().setTopic("t").setEndpoint("localhost:2").build());
    var refused =
        calls.createProducer(
            CreateProducerRequest.newBuilder().setTopic("t").setEndpoint("10.0.0.1:9876").build());

    // then
    assertThat(allowed.getSuccess()).as(allowed.getMessage()).isTrue();
    assertThat(refused.getSuccess()).isFalse();
    assertThat(refused.getMessage()).contains("10.0.0.1:9876").contains("ALLOWED_ENDPOINTS");
  }

  @Test
  void theClusterKeyIsKeptSoThatIdsOutliveTheProcess() throws Exception {
    // given
    GatewayServer first = start(Map.of());
    String producer = producer(calls(first));
    first.close(Deadline.after(CLOSE_TIME));

    // when
    GatewayServer second = start(Map.of());
    SendMessageResponse sent = send(calls(second), producer, "still here");

    // then
    assertThat(sent.getSuccess()).as(sent.getMessage()).isTrue();
  }

  @Test
  void closingTwiceIsFineAndClosingUnstartedToo() {
    GatewayServer gateway = new GatewayServer(settings(Map.of()), system, ledger, Clock.system());

    assertThat(gateway.close(Deadline.after(CLOSE_TIME)).clean()).isTrue();
    assertThat(gateway.close(Deadline.after(CLOSE_TIME)).clean()).isTrue();
  }

  private GatewayServer start(Map<Setting, String> changed) {
    GatewayServer starting = new GatewayServer(settings(changed), system, ledger, Clock.system());
    starting.start();
    server = starting;
    return starting;
  }

  private Settings settings(Map<Setting, String> changed) {
    Map<Setting, String> flags = new EnumMap<>(Setting.class);
    flags.put(Setting.GRPC_PORT, "0");
    flags.put(Setting.METRICS_PORT, "0");
    flags.put(Setting.DATA_DIR, folder.toString());
    flags.putAll(changed);
    return Settings.read(flags, Optional.empty(), Map.of());
  }

  private ManagedChannel channel(GatewayServer gateway) {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", gateway.grpcPort()).usePlaintext().build();
    channels.add(channel);
    return channel;
  }

  private RocketMQProxyBlockingV2Stub calls(GatewayServer gateway) {
    return RocketMQProxyGrpc.newBlockingV2Stub(channel(gateway));
  }

  private ServingStatus serving(GatewayServer gateway) throws StatusException {
    return HealthGrpc.newBlockingV2Stub(channel(gateway))
        .check(HealthCheckRequest.newBuilder().setService("rocketmq.RocketMQProxy").build())
        .getStatus();
  }

  private static String producer(RocketMQProxyBlockingV2Stub calls) throws StatusException {
    var created = calls.createProducer(CreateProducerRequest.newBuilder().setTopic("t").build());
    assertThat(created.getSuccess()).as(created.getMessage()).isTrue();
    return created.getProducerId();
  }

  private static String consumer(RocketMQProxyBlockingV2Stub calls) throws StatusException {
    var created =
        calls.createConsumer(
            CreateConsumerRequest.newBuilder()
                .setTopic("t")
                .setGroupId("g")
                .setStartPosition(StartPosition.EARLIEST)
                .build());
    assertThat(created.getSuccess()).as(created.getMessage()).isTrue();
    return created.getConsumerId();
  }

  private static SendMessageResponse send(
      RocketMQProxyBlockingV2Stub calls, String producer, String body) throws StatusException {
    return calls.sendMessage(
        SendMessageRequest.newBuilder().setProducerId(producer).setMessageBody(body).build());
  }

  private static Message next(BlockingClientCall<?, Message> stream) throws Exception {
    Message message = stream.read(10, TimeUnit.SECONDS);
    if (message == null) {
      throw new AssertionError("the stream has ended");
    }
    return message;
  }

  private static HttpResponse<String> get(GatewayServer gateway, String path, String... accept)
      throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.httpPort() + path));
      if (accept.length > 0) {
        request.header("Accept", accept[0]);
      }
      return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
  }
}
