package dev.sluice.benchmarks;

import com.google.protobuf.ByteString;
import dev.sluice.gateway.proto.proxy.CreateProducerRequest;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/** One kind of request to send over and over: how to make it, and how to tell that it succeeded. */
interface SendWorkload {

  /** Starts one send; the listener sees its answer. */
  void send(Channel channel, Answer answer);

  /** Told once how a send ended. */
  interface Answer {
    /** It is stored, or a text says why not. */
    void ended(String failureOrEmpty);
  }

  /** {@code SendMessage} of {@code apache.rocketmq.v2.MessagingService}. */
  static SendWorkload v2(String topic, int bodyBytes) {
    return new V2Send(topic, bodyBytes);
  }

  /** {@code SendMessage} of {@code rocketmq.RocketMQProxy}, by a producer made for it. */
  static SendWorkload proxy(Channel channel, String topic, int bodyBytes) {
    var created =
        RocketMQProxyGrpc.newBlockingStub(channel)
            .createProducer(
                CreateProducerRequest.newBuilder()
                    .setTopic(topic)
                    .setInstanceId("benchmark")
                    .build());
    if (!created.getSuccess()) {
      throw new IllegalStateException("CreateProducer: " + created.getMessage());
    }
    return new ProxySend(created.getProducerId(), bodyBytes);
  }

  /** The v2 request, with the headers that its servers ask for. */
  final class V2Send implements SendWorkload {
    private static final Metadata.Key<String> CLIENT_ID =
        Metadata.Key.of("x-mq-client-id", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<String> LANGUAGE =
        Metadata.Key.of("x-mq-language", Metadata.ASCII_STRING_MARSHALLER);

    private final dev.sluice.gateway.proto.v2.Resource topic;
    private final ByteString body;
    private final String clientId = "benchmark-" + UUID.randomUUID();
    private final String idPrefix =
        "01"
            + UUID.randomUUID()
                .toString()
                .replace("-", "")
                .substring(0, 24)
                .toUpperCase(Locale.ROOT);
    private final AtomicLong sequence = new AtomicLong();

    V2Send(String topic, int bodyBytes) {
      this.topic = dev.sluice.gateway.proto.v2.Resource.newBuilder().setName(topic).build();
      this.body = ByteString.copyFrom("x".repeat(bodyBytes), StandardCharsets.UTF_8);
    }

    @Override
    public void send(Channel channel, Answer answer) {
      String id = idPrefix + String.format(Locale.ROOT, "%08X", sequence.getAndIncrement());
      var message =
          dev.sluice.gateway.proto.v2.Message.newBuilder()
              .setTopic(topic)
              .setBody(body)
              .setSystemProperties(
                  dev.sluice.gateway.proto.v2.SystemProperties.newBuilder()
                      .setMessageId(id)
                      .setMessageType(dev.sluice.gateway.proto.v2.MessageType.NORMAL)
                      .setBodyEncoding(dev.sluice.gateway.proto.v2.Encoding.IDENTITY)
                      .setBornTimestamp(
                          com.google.protobuf.Timestamp.newBuilder()
                              .setSeconds(System.currentTimeMillis() / 1000))
                      .setBornHost("127.0.0.1"))
              .build();
      var headers = new Metadata();
      headers.put(CLIENT_ID, clientId);
      headers.put(LANGUAGE, "JAVA");
      var method = dev.sluice.gateway.proto.v2.MessagingServiceGrpc.getSendMessageMethod();
      UnaryCalls.start(
          channel.newCall(method, CallOptions.DEFAULT),
          headers,
          dev.sluice.gateway.proto.v2.SendMessageRequest.newBuilder().addMessages(message).build(),
          response ->
              response.getStatus().getCode() == dev.sluice.gateway.proto.v2.Code.OK
                  ? ""
                  : response.getStatus().getCode() + ": " + response.getStatus().getMessage(),
          answer);
    }
  }

  /** The published SDK's request. */
  final class ProxySend implements SendWorkload {
    private final dev.sluice.gateway.proto.proxy.SendMessageRequest request;

    ProxySend(String producerId, int bodyBytes) {
      this.request =
          dev.sluice.gateway.proto.proxy.SendMessageRequest.newBuilder()
              .setProducerId(producerId)
              .setMessageBody("x".repeat(bodyBytes))
              .setTag("benchmark")
              .build();
    }

    @Override
    public void send(Channel channel, Answer answer) {
      ClientCall<
              dev.sluice.gateway.proto.proxy.SendMessageRequest,
              dev.sluice.gateway.proto.proxy.SendMessageResponse>
          call = channel.newCall(RocketMQProxyGrpc.getSendMessageMethod(), CallOptions.DEFAULT);
      UnaryCalls.start(
          call,
          new Metadata(),
          request,
          response -> response.getSuccess() ? "" : response.getMessage(),
          answer);
    }
  }
}
