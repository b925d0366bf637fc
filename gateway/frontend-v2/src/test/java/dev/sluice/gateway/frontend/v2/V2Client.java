package dev.sluice.gateway.frontend.v2;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.sluice.gateway.frontend.testing.FrontendServer;
import dev.sluice.gateway.proto.v2.AckMessageEntry;
import dev.sluice.gateway.proto.v2.AckMessageRequest;
import dev.sluice.gateway.proto.v2.AckMessageResponse;
import dev.sluice.gateway.proto.v2.Code;
import dev.sluice.gateway.proto.v2.Encoding;
import dev.sluice.gateway.proto.v2.FilterExpression;
import dev.sluice.gateway.proto.v2.FilterType;
import dev.sluice.gateway.proto.v2.Message;
import dev.sluice.gateway.proto.v2.MessageQueue;
import dev.sluice.gateway.proto.v2.MessageType;
import dev.sluice.gateway.proto.v2.MessagingServiceGrpc;
import dev.sluice.gateway.proto.v2.MessagingServiceGrpc.MessagingServiceBlockingStub;
import dev.sluice.gateway.proto.v2.ReceiveMessageRequest;
import dev.sluice.gateway.proto.v2.ReceiveMessageResponse;
import dev.sluice.gateway.proto.v2.Resource;
import dev.sluice.gateway.proto.v2.SendMessageRequest;
import dev.sluice.gateway.proto.v2.SendMessageResponse;
import dev.sluice.gateway.proto.v2.SystemProperties;
import dev.sluice.gateway.spi.ConsumerGroup;
import dev.sluice.gateway.spi.testing.MemoryOptions;
import dev.sluice.gateway.upstreams.GatewaySettings;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** What an SDK does with one connection, under a client id of its own. */
final class V2Client {

  static final String TOPIC = "orders";
  static final String GROUP = "billing";

  private static final Metadata.Key<String> CLIENT_ID =
      Metadata.Key.of("x-mq-client-id", Metadata.ASCII_STRING_MARSHALLER);
  private static final Metadata.Key<String> TIMEOUT =
      Metadata.Key.of("grpc-timeout", Metadata.ASCII_STRING_MARSHALLER);
  private static final AtomicInteger MESSAGES = new AtomicInteger();

  private final ManagedChannel connection;
  private final Channel channel;

  private V2Client(ManagedChannel connection, Channel channel) {
    this.connection = connection;
    this.channel = channel;
  }

  /** Starts the frontend that all tests talk to. */
  static FrontendServer server() throws IOException {
    return server(GatewaySettings.DEFAULTS, MemoryOptions.DEFAULTS);
  }

  static FrontendServer server(
      GatewaySettings settings, MemoryOptions options, ServerInterceptor... around)
      throws IOException {
    return FrontendServer.start(
        settings,
        options,
        (gateway, connection, ledger) -> {
          V2Frontend frontend = V2Frontend.create(gateway, connection, ledger);
          return new FrontendServer.Served(
              ServerInterceptors.intercept(frontend.service(), around), frontend::close);
        });
  }

  static V2Client of(FrontendServer server, String clientId) {
    var headers = new Metadata();
    headers.put(CLIENT_ID, clientId);
    ManagedChannel connection = server.connect();
    return new V2Client(
        connection,
        ClientInterceptors.intercept(
            connection, MetadataUtils.newAttachHeadersInterceptor(headers)));
  }

  static V2Client withoutId(FrontendServer server) {
    ManagedChannel connection = server.connect();
    return new V2Client(connection, connection);
  }

  ManagedChannel connection() {
    return connection;
  }

  /** Its calls say who calls. */
  Channel channel() {
    return channel;
  }

  MessagingServiceBlockingStub stub() {
    return MessagingServiceGrpc.newBlockingStub(channel).withDeadlineAfter(30, TimeUnit.SECONDS);
  }

  /**
   * Calls that the gateway is told to answer within so many milliseconds. The caller itself waits
   * for an answer that was given in time and comes late.
   */
  MessagingServiceBlockingStub within(long millis) {
    var headers = new Metadata();
    headers.put(TIMEOUT, millis + "m");
    return MessagingServiceGrpc.newBlockingStub(
        ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers)));
  }

  static Resource resource(String name) {
    return Resource.newBuilder().setName(name).build();
  }

  /** A message that is fine. */
  static Message.Builder message(String body) {
    return Message.newBuilder()
        .setTopic(resource(TOPIC))
        .setBody(ByteString.copyFromUtf8(body))
        .setSystemProperties(
            SystemProperties.newBuilder()
                .setMessageId("M" + MESSAGES.incrementAndGet())
                .setMessageType(MessageType.NORMAL)
                .setBodyEncoding(Encoding.IDENTITY));
  }

  /** A message that is fine but for what the system properties say. */
  static Message message(String body, SystemProperties.Builder properties) {
    Message.Builder message = message(body);
    return message
        .setSystemProperties(
            message.getSystemProperties().toBuilder().mergeFrom(properties.build()))
        .build();
  }

  SendMessageResponse send(Message... messages) {
    return stub()
        .sendMessage(SendMessageRequest.newBuilder().addAllMessages(List.of(messages)).build());
  }

  void sendOk(Message... messages) {
    assertThat(send(messages).getStatus().getCode()).isEqualTo(Code.OK);
  }

  /** A group that consumes in order, and gives up after three deliveries. */
  static ConsumerGroup ordered(String group) {
    return new ConsumerGroup(
        group,
        true,
        3,
        new ConsumerGroup.Retries.Steps(List.of(Duration.ofSeconds(1), Duration.ofSeconds(5))));
  }

  /** A receive that is fine, and waits up to 15 s. */
  static ReceiveMessageRequest.Builder receive() {
    return ReceiveMessageRequest.newBuilder()
        .setGroup(resource(GROUP))
        .setMessageQueue(MessageQueue.newBuilder().setTopic(resource(TOPIC)).setId(-1))
        .setFilterExpression(
            FilterExpression.newBuilder().setType(FilterType.TAG).setExpression("*"))
        .setBatchSize(32)
        .setInvisibleDuration(Times.duration(30_000))
        .setLongPollingTimeout(Times.duration(15_000));
  }

  /** All that a receive answers. */
  List<ReceiveMessageResponse> answers(ReceiveMessageRequest.Builder request) {
    var all = new ArrayList<ReceiveMessageResponse>();
    stub().receiveMessage(request.build()).forEachRemaining(all::add);
    return all;
  }

  /** The messages that a receive brings. */
  List<Message> messages(ReceiveMessageRequest.Builder request) {
    return answers(request).stream()
        .filter(ReceiveMessageResponse::hasMessage)
        .map(ReceiveMessageResponse::getMessage)
        .toList();
  }

  /** Has the group begin: what is sent from now on reaches it. */
  void subscribe() {
    assertThat(answers(receive().setLongPollingTimeout(Times.duration(0))))
        .extracting(answer -> answer.getStatus().getCode())
        .containsExactly(Code.MESSAGE_NOT_FOUND);
  }

  AckMessageResponse ack(String... handles) {
    return ackOf(TOPIC, GROUP, handles);
  }

  AckMessageResponse ackOf(String topic, String group, String... handles) {
    var request =
        AckMessageRequest.newBuilder().setTopic(resource(topic)).setGroup(resource(group));
    for (String handle : handles) {
      request.addEntries(
          AckMessageEntry.newBuilder().setMessageId("id of " + handle).setReceiptHandle(handle));
    }
    return stub().ackMessage(request.build());
  }

  /** One that does not wait. */
  static ReceiveMessageRequest.Builder soon() {
    return receive().setLongPollingTimeout(Times.duration(0));
  }

  static FilterExpression tags(String expression) {
    return FilterExpression.newBuilder().setType(FilterType.TAG).setExpression(expression).build();
  }

  /** The code of an answer that is nothing but a status. */
  Code codeOf(ReceiveMessageRequest.Builder request) {
    List<ReceiveMessageResponse> answers = answers(request);
    assertThat(answers).hasSize(1);
    return answers.getFirst().getStatus().getCode();
  }
}
