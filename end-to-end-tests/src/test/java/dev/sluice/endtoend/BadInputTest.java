package dev.sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.sluice.engines.SharedEngine;
import dev.sluice.engines.TopicNames;
import dev.sluice.gateway.proto.proxy.AckMessageRequest;
import dev.sluice.gateway.proto.proxy.CreateConsumerRequest;
import dev.sluice.gateway.proto.proxy.CreateConsumerResponse;
import dev.sluice.gateway.proto.proxy.CreateProducerRequest;
import dev.sluice.gateway.proto.proxy.CreateProducerResponse;
import dev.sluice.gateway.proto.proxy.Message;
import dev.sluice.gateway.proto.proxy.ReceiveMessagesRequest;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc.RocketMQProxyBlockingStub;
import dev.sluice.gateway.proto.proxy.SendMessageRequest;
import dev.sluice.gateway.proto.proxy.SendMessageResponse;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.testkit.GarbageServer;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bad input gets an error that names the value and what was expected, and leaves nothing open. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadInputTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private @Nullable Path data;
  private @Nullable RunningGateway gateway;
  private @Nullable ManagedChannel channel;
  private @Nullable RocketMQProxyBlockingStub stub;
  private final Ledger ledger = Ledger.create();
  private @Nullable GarbageServer garbage;
  private @Nullable ServerSocket nobody;

  @BeforeAll
  void start(@TempDir Path folder) throws IOException {
    data = folder;
    // A length of two gigabytes, and then nothing like a header.
    garbage = GarbageServer.greeting(ledger, new byte[] {0x7f, -1, -1, -1, 1, 2, 3, 4, 5, 6, 7, 8});
    nobody = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    nobody.close();
    gateway =
        RunningGateway.start(
            Map.of(
                "DATA_DIR", folder.toString(),
                "UPSTREAM", SharedEngine.rocketmq5().nameServerAddress(),
                "ALLOWED_ENDPOINTS",
                    address(garbage.port()) + "," + address(nobody.getLocalPort())));
    channel = NettyChannelBuilder.forTarget(gateway.grpc()).usePlaintext().build();
    stub = RocketMQProxyGrpc.newBlockingStub(channel);
  }

  /** The ledger is empty at the end, or the gateway says what is still open. */
  @AfterAll
  void endsWithNothingOpen() throws Exception {
    Objects.requireNonNull(channel).shutdownNow();
    RunningGateway started = Objects.requireNonNull(gateway);
    started.endsCleanly();
    Objects.requireNonNull(garbage).close();
  }

  private static String address(int port) {
    return "127.0.0.1:" + port;
  }

  private RocketMQProxyBlockingStub stub() {
    return Objects.requireNonNull(stub).withDeadlineAfter(60, TimeUnit.SECONDS);
  }

  private CreateProducerResponse producer(String endpoint, String topic) {
    return stub()
        .createProducer(
            CreateProducerRequest.newBuilder().setEndpoint(endpoint).setTopic(topic).build());
  }

  private CreateConsumerResponse consumer(String topic, String group) {
    return stub()
        .createConsumer(
            CreateConsumerRequest.newBuilder()
                .setTopic(topic)
                .setGroupId(group)
                .setTagExpression("*")
                .build());
  }

  @Test
  void aNameServerThatIsDownIsNamed() {
    String endpoint = address(Objects.requireNonNull(nobody).getLocalPort());

    CreateProducerResponse response = producer(endpoint, "any");

    assertThat(response.getSuccess()).isFalse();
    assertThat(response.getMessage()).contains(endpoint);
  }

  @Test
  void aNameServerThatAnswersGarbageIsNamed() {
    String endpoint = address(Objects.requireNonNull(garbage).port());

    CreateProducerResponse response = producer(endpoint, "any");

    assertThat(response.getSuccess()).isFalse();
    assertThat(response.getMessage()).contains(endpoint);
  }

  @Test
  void anHttpServerInANameServersPlaceIsNamed() throws Exception {
    // given a gateway that is told to use this one's HTTP port
    String http = Objects.requireNonNull(gateway).http();
    try (RunningGateway confused =
        RunningGateway.before(http, Objects.requireNonNull(data).resolve("confused"))) {
      ManagedChannel other = NettyChannelBuilder.forTarget(confused.grpc()).usePlaintext().build();
      try {
        // when
        CreateProducerResponse response =
            RocketMQProxyGrpc.newBlockingStub(other)
                .withDeadlineAfter(60, TimeUnit.SECONDS)
                .createProducer(CreateProducerRequest.newBuilder().setTopic("any").build());

        // then
        assertThat(response.getSuccess()).isFalse();
        assertThat(response.getMessage()).contains(http);
        assertThat(confused.get("/health").statusCode()).isEqualTo(200);
        assertThat(confused.get("/ready").statusCode()).isEqualTo(503);
      } finally {
        other.shutdownNow();
      }
      confused.endsCleanly();
    }
  }

  @Test
  void anEndpointThatNobodyAllowedIsRefusedWithTheSettingThatAllowsIt() {
    CreateProducerResponse response = producer("10.1.2.3:9876", "any");

    assertThat(response.getSuccess()).isFalse();
    assertThat(response.getMessage()).contains("10.1.2.3:9876", "ALLOWED_ENDPOINTS");
  }

  @Test
  void aMissingTopicAndAnEmptyGroupAreNamed() {
    assertThat(producer("", "").getMessage()).contains("topic");
    assertThat(consumer("", "group").getMessage()).contains("topic");
    assertThat(consumer("topic", "").getMessage()).contains("group");
    assertThat(consumer("topic", "").getSuccess()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "p-1",
        "producer_1700000000000",
        "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA"
      })
  void anUnknownIdIsNotFound(String id) {
    assertThat(status(() -> stub().sendMessage(send(id, "x"))).getCode())
        .isEqualTo(Status.Code.NOT_FOUND);
    assertThat(
            status(
                    () ->
                        stub()
                            .receiveMessages(
                                ReceiveMessagesRequest.newBuilder().setConsumerId(id).build())
                            .next())
                .getCode())
        .isEqualTo(Status.Code.NOT_FOUND);
    assertThat(
            status(
                    () ->
                        stub()
                            .ackMessage(
                                AckMessageRequest.newBuilder()
                                    .setConsumerId(id)
                                    .setReceiptHandle("h")
                                    .build()))
                .getCode())
        .isEqualTo(Status.Code.NOT_FOUND);
  }

  @Test
  void aBodyOverFourMebibytesIsRefusedWithBothSizes() {
    String id = producer("", TopicNames.unique("oversize")).getProducerId();

    SendMessageResponse response = stub().sendMessage(send(id, "x".repeat((4 << 20) + 1)));

    assertThat(response.getSuccess()).isFalse();
    assertThat(response.getMessage()).contains("4194305", "4194304");
  }

  @Test
  void aStreamThatIsNeverReadIsBoundedAndItsMessagesGoToTheNextReader() {
    // given a stream that asks for nothing
    String topic = TopicNames.unique("never-read");
    String id = consumer(topic, "readers").getConsumerId();
    ClientCall<ReceiveMessagesRequest, Message> stream =
        Objects.requireNonNull(channel)
            .newCall(RocketMQProxyGrpc.getReceiveMessagesMethod(), CallOptions.DEFAULT);
    stream.start(new ClientCall.Listener<>() {}, new Metadata());
    stream.sendMessage(ReceiveMessagesRequest.newBuilder().setConsumerId(id).build());
    stream.halfClose();

    // when more is sent than its transport takes
    String producer = producer("", topic).getProducerId();
    int count = 500;
    String padding = " ".repeat(8000);
    for (int i = 0; i < count; i++) {
      assertThat(stub().sendMessage(send(producer, i + padding)).getSuccess()).isTrue();
    }
    stream.cancel("read nothing", null);

    // then
    Set<String> received = ConcurrentHashMap.newKeySet();
    var acknowledged = new AtomicInteger();
    var reader =
        RocketMQProxyGrpc.newStub(Objects.requireNonNull(channel))
            .withDeadlineAfter(120, TimeUnit.SECONDS);
    String second = consumer(topic, "readers").getConsumerId();
    reader.receiveMessages(
        ReceiveMessagesRequest.newBuilder().setConsumerId(second).build(),
        new Each<>(
            message -> {
              received.add(message.getMessageBody().trim());
              reader.ackMessage(
                  AckMessageRequest.newBuilder()
                      .setConsumerId(second)
                      .setReceiptHandle(message.getReceiptHandle())
                      .build(),
                  new Each<>(answer -> acknowledged.incrementAndGet()));
            }));
    await().atMost(PATIENCE).until(() -> received.size() == count);
  }

  private static SendMessageRequest send(String producer, String body) {
    return SendMessageRequest.newBuilder().setProducerId(producer).setMessageBody(body).build();
  }

  private static Status status(Runnable call) {
    StatusRuntimeException failure = catchThrowableOfType(StatusRuntimeException.class, call::run);
    assertThat(failure).isNotNull();
    return failure.getStatus();
  }
}
