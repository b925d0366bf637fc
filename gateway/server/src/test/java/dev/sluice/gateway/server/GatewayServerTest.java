package dev.sluice.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.gateway.proto.proxy.AckMessageRequest;
import dev.sluice.gateway.proto.proxy.Message;
import dev.sluice.gateway.proto.proxy.ReceiveMessagesRequest;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc.RocketMQProxyBlockingV2Stub;
import dev.sluice.gateway.proto.proxy.SendMessageResponse;
import dev.sluice.gateway.upstreams.ResourceKinds;
import dev.sluice.lifecycle.Clock;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import io.grpc.ManagedChannel;
import io.grpc.StatusException;
import io.grpc.netty.NettyChannelBuilder;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
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
  private static final Duration CLOSE_TIME = Duration.ofSeconds(10);

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
      channel.awaitTermination(5, TimeUnit.SECONDS);
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
    String consumer = Served.consumer(calls);
    var stream =
        calls.receiveMessages(ReceiveMessagesRequest.newBuilder().setConsumerId(consumer).build());

    // when
    SendMessageResponse sent = Served.send(calls, Served.producer(calls), "hello");
    Message received = Served.next(stream);
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
    Served.producer(calls);
    Served.consumer(calls);
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
            ReceiveMessagesRequest.newBuilder().setConsumerId(Served.consumer(calls)).build());
    Served.send(calls, Served.producer(calls), "held");
    Served.next(stream);
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
  void aBodyThatIsTooLargeIsAnsweredAndTheConnectionLivesOn() throws Exception {
    // given
    GatewayServer gateway = start(Map.of());
    RocketMQProxyBlockingV2Stub calls = calls(gateway);
    String producer = Served.producer(calls);

    // when
    SendMessageResponse refused = Served.send(calls, producer, "x".repeat(4 * 1024 * 1024 + 1));
    SendMessageResponse taken = Served.send(calls, producer, "small");

    // then
    assertThat(refused.getSuccess()).isFalse();
    assertThat(refused.getMessage()).contains("4194305").contains("4194304");
    assertThat(taken.getSuccess()).isTrue();
  }

  @Test
  void theClusterKeyIsKeptSoThatIdsOutliveTheProcess() throws Exception {
    // given
    GatewayServer first = start(Map.of());
    String producer = Served.producer(calls(first));
    first.close(Deadline.after(CLOSE_TIME));

    // when
    GatewayServer second = start(Map.of());
    SendMessageResponse sent = Served.send(calls(second), producer, "still here");

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
}
