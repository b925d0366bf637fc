package dev.sluice.gateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.gateway.proto.proxy.CreateConsumerRequest;
import dev.sluice.gateway.proto.proxy.CreateProducerRequest;
import dev.sluice.gateway.proto.proxy.Message;
import dev.sluice.gateway.proto.proxy.ReceiveMessagesRequest;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc.RocketMQProxyBlockingV2Stub;
import dev.sluice.gateway.proto.proxy.SendMessageRequest;
import dev.sluice.gateway.proto.proxy.SendMessageResponse;
import dev.sluice.gateway.proto.proxy.StartPosition;
import dev.sluice.lifecycle.Clock;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.testkit.LedgerCheck;
import io.grpc.ChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.StatusException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.BlockingClientCall;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The real server on free ports, in front of a message system, with clients of it. */
final class Served implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final Duration CLOSE_TIME = Duration.ofSeconds(30);

  private final GatewayServer server;
  private final Ledger ledger;
  // Clients of several threads are made here; one that is lost from a list is never closed.
  private final List<ManagedChannel> channels = new CopyOnWriteArrayList<>();
  private final List<BlockingClientCall<?, Message>> streams = new CopyOnWriteArrayList<>();

  private Served(GatewayServer server, Ledger ledger) {
    this.server = server;
    this.ledger = ledger;
  }

  /** Starts one with these settings; ports are free ones unless given. */
  static Served start(MessageSystem system, Path folder, Map<Setting, String> settings) {
    return start(system, folder, settings, Map.of());
  }

  /** The same with variables, as secrets are no flags. */
  static Served start(
      MessageSystem system,
      Path folder,
      Map<Setting, String> settings,
      Map<String, String> environment) {
    Ledger ledger = Ledger.create();
    GatewayServer starting =
        new GatewayServer(settings(folder, settings, environment), system, ledger, Clock.system());
    starting.start();
    return new Served(starting, ledger);
  }

  private static Settings settings(
      Path folder, Map<Setting, String> changed, Map<String, String> environment) {
    Map<Setting, String> flags = new EnumMap<>(Setting.class);
    flags.put(Setting.GRPC_PORT, "0");
    flags.put(Setting.METRICS_PORT, "0");
    flags.put(Setting.DATA_DIR, folder.toString());
    flags.putAll(changed);
    return Settings.read(flags, Optional.empty(), environment);
  }

  GatewayServer server() {
    return server;
  }

  Ledger ledger() {
    return ledger;
  }

  /** A connection of its own to the gateway. */
  ManagedChannel channel() {
    return channel("127.0.0.1", server.grpcPort());
  }

  /** The same with TLS. */
  ManagedChannel channel(ChannelCredentials credentials) {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("localhost", server.grpcPort(), credentials).build();
    channels.add(channel);
    return channel;
  }

  ManagedChannel channel(String host, int port) {
    ManagedChannel channel = NettyChannelBuilder.forAddress(host, port).usePlaintext().build();
    channels.add(channel);
    return channel;
  }

  /** Calls on a connection of their own. */
  RocketMQProxyBlockingV2Stub calls() {
    return RocketMQProxyGrpc.newBlockingV2Stub(channel());
  }

  HttpResponse<String> get(String path, String... headers)
      throws IOException, InterruptedException {
    return get("127.0.0.1", server.httpPort(), path, headers);
  }

  static HttpResponse<String> get(String host, int port, String path, String... headers)
      throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      var request =
          HttpRequest.newBuilder(URI.create("http://" + host + ":" + port + path))
              .timeout(PATIENCE);
      if (headers.length > 0) {
        request.headers(headers);
      }
      return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
  }

  /** One of the figures of {@code /metrics}. */
  double figure(String name) throws IOException, InterruptedException {
    Matcher figure =
        Pattern.compile("\"" + name + "\" : ([0-9.]+)").matcher(get("/metrics").body());
    assertThat(figure.find()).as(name).isTrue();
    return Double.parseDouble(figure.group(1));
  }

  /** A sample of the Prometheus text, by its name and labels as they stand there. */
  double sample(String series) throws IOException, InterruptedException {
    return get("/metrics/prometheus")
        .body()
        .lines()
        .filter(line -> line.startsWith(series + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(series.length() + 1)))
        .findFirst()
        .orElseThrow(() -> new AssertionError(series + ": not exposed"));
  }

  static String producer(RocketMQProxyBlockingV2Stub calls) throws StatusException {
    return producer(calls, "t", "");
  }

  static String producer(RocketMQProxyBlockingV2Stub calls, String topic, String instance)
      throws StatusException {
    var created =
        calls.createProducer(
            CreateProducerRequest.newBuilder().setTopic(topic).setInstanceId(instance).build());
    assertThat(created.getSuccess()).as(created.getMessage()).isTrue();
    return created.getProducerId();
  }

  static String consumer(RocketMQProxyBlockingV2Stub calls) throws StatusException {
    return consumer(calls, "t", "");
  }

  static String consumer(RocketMQProxyBlockingV2Stub calls, String topic, String instance)
      throws StatusException {
    var created = calls.createConsumer(consumerOf(topic, instance, ""));
    assertThat(created.getSuccess()).as(created.getMessage()).isTrue();
    return created.getConsumerId();
  }

  /** What makes a consumer of these tags. */
  static CreateConsumerRequest consumerOf(String topic, String instance, String tags) {
    return CreateConsumerRequest.newBuilder()
        .setTopic(topic)
        .setInstanceId(instance)
        .setGroupId("g")
        .setTagExpression(tags)
        .setStartPosition(StartPosition.EARLIEST)
        .build();
  }

  static SendMessageResponse send(RocketMQProxyBlockingV2Stub calls, String producer, String body)
      throws StatusException {
    return calls.sendMessage(
        SendMessageRequest.newBuilder().setProducerId(producer).setMessageBody(body).build());
  }

  /** Sends so many messages and expects all of them to be stored. */
  static void sendAll(RocketMQProxyBlockingV2Stub calls, String producer, int count)
      throws StatusException {
    for (int i = 0; i < count; i++) {
      SendMessageResponse sent = send(calls, producer, "m" + i);
      assertThat(sent.getSuccess()).as(sent.getMessage()).isTrue();
    }
  }

  /** A stream, which is ended with the clients. */
  BlockingClientCall<?, Message> stream(RocketMQProxyBlockingV2Stub calls, String consumer) {
    var stream =
        calls.receiveMessages(ReceiveMessagesRequest.newBuilder().setConsumerId(consumer).build());
    streams.add(stream);
    return stream;
  }

  /** To its end: the client library keeps what has arrived and nobody reads. */
  private static void end(BlockingClientCall<?, Message> stream) {
    stream.cancel("the test is over", null);
    try {
      while (stream.read() != null) {
        // Of no interest.
      }
    } catch (StatusException e) {
      // It is cancelled.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  static Message next(BlockingClientCall<?, Message> stream) throws Exception {
    Message message = stream.read(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    if (message == null) {
      throw new AssertionError("the stream has ended");
    }
    return message;
  }

  void closeClients() {
    streams.forEach(Served::end);
    channels.forEach(ManagedChannel::shutdownNow);
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(channels).allMatch(ManagedChannel::isTerminated));
  }

  /** Closes clients and server; expects both to leave nothing. */
  @Override
  public void close() {
    closeClients();
    CloseReport report = server.close(Deadline.after(CLOSE_TIME));
    assertThat(report.clean()).as(report.describe()).isTrue();
    LedgerCheck.assertClean(ledger);
  }
}
