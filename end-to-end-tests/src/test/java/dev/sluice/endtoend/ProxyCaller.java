package dev.sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.access.ApiKeys;
import dev.sluice.gateway.proto.proxy.AckMessageRequest;
import dev.sluice.gateway.proto.proxy.AckMessageResponse;
import dev.sluice.gateway.proto.proxy.CreateConsumerRequest;
import dev.sluice.gateway.proto.proxy.CreateProducerRequest;
import dev.sluice.gateway.proto.proxy.Message;
import dev.sluice.gateway.proto.proxy.ReceiveMessagesRequest;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc.RocketMQProxyBlockingV2Stub;
import dev.sluice.gateway.proto.proxy.SendMessageRequest;
import dev.sluice.gateway.proto.proxy.SendMessageResponse;
import dev.sluice.gateway.proto.proxy.StartPosition;
import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.BlockingClientCall;
import io.grpc.stub.MetadataUtils;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A connection of rocketmq.RocketMQProxy to one gateway, for tests that need each single call. */
final class ProxyCaller implements AutoCloseable {

  static final Duration PATIENCE = Duration.ofSeconds(60);

  private final ManagedChannel channel;
  private final RocketMQProxyBlockingV2Stub calls;
  private final List<BlockingClientCall<?, Message>> streams = new ArrayList<>();

  private ProxyCaller(ManagedChannel channel, RocketMQProxyBlockingV2Stub calls) {
    this.channel = channel;
    this.calls = calls;
  }

  /** In plain text. */
  static ProxyCaller of(RunningGateway gateway) {
    ManagedChannel channel =
        NettyChannelBuilder.forTarget(gateway.grpc(), InsecureChannelCredentials.create()).build();
    return new ProxyCaller(channel, RocketMQProxyGrpc.newBlockingV2Stub(channel));
  }

  /** With TLS and an API key. */
  static ProxyCaller of(RunningGateway gateway, ChannelCredentials tls, String apiKey) {
    ManagedChannel channel =
        NettyChannelBuilder.forTarget(gateway.grpc().replaceAll("^[^:]*", "localhost"), tls)
            .build();
    Metadata headers = new Metadata();
    headers.put(ApiKeys.API_KEY, apiKey);
    return new ProxyCaller(
        channel,
        RocketMQProxyGrpc.newBlockingV2Stub(channel)
            .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers)));
  }

  RocketMQProxyBlockingV2Stub calls() {
    return calls.withDeadlineAfter(PATIENCE);
  }

  String producer(String topic) throws StatusException {
    var made = calls().createProducer(CreateProducerRequest.newBuilder().setTopic(topic).build());
    assertThat(made.getSuccess()).as(made.getMessage()).isTrue();
    return made.getProducerId();
  }

  String consumer(String topic, String group) throws StatusException {
    var made =
        calls()
            .createConsumer(
                CreateConsumerRequest.newBuilder()
                    .setTopic(topic)
                    .setGroupId(group)
                    .setStartPosition(StartPosition.EARLIEST)
                    .build());
    assertThat(made.getSuccess()).as(made.getMessage()).isTrue();
    return made.getConsumerId();
  }

  void send(String producer, String... bodies) throws StatusException {
    for (String body : bodies) {
      SendMessageResponse sent =
          calls()
              .sendMessage(
                  SendMessageRequest.newBuilder()
                      .setProducerId(producer)
                      .setMessageBody(body)
                      .build());
      assertThat(sent.getSuccess()).as(sent.getMessage()).isTrue();
    }
  }

  BlockingClientCall<?, Message> stream(String consumer) {
    var stream =
        calls.receiveMessages(ReceiveMessagesRequest.newBuilder().setConsumerId(consumer).build());
    streams.add(stream);
    return stream;
  }

  /** Ends a stream, to its end: the client library keeps what has arrived and nobody reads. */
  static void end(BlockingClientCall<?, Message> stream) {
    stream.cancel("no longer of interest", null);
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

  /** Whether nothing comes for so long. */
  static boolean isQuiet(BlockingClientCall<?, Message> stream, Duration time) throws Exception {
    try {
      stream.read(time.toMillis(), TimeUnit.MILLISECONDS);
      return false;
    } catch (TimeoutException e) {
      return true;
    }
  }

  AckMessageResponse acknowledge(String consumer, Message message) throws StatusException {
    return calls()
        .ackMessage(
            AckMessageRequest.newBuilder()
                .setConsumerId(consumer)
                .setReceiptHandle(message.getReceiptHandle())
                .build());
  }

  @Override
  public void close() {
    streams.forEach(ProxyCaller::end);
    channel.shutdownNow();
    try {
      channel.awaitTermination(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
