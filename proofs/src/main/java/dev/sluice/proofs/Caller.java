package dev.sluice.proofs;

import dev.sluice.gateway.proto.proxy.AckMessageRequest;
import dev.sluice.gateway.proto.proxy.CreateConsumerRequest;
import dev.sluice.gateway.proto.proxy.CreateConsumerResponse;
import dev.sluice.gateway.proto.proxy.CreateProducerRequest;
import dev.sluice.gateway.proto.proxy.CreateProducerResponse;
import dev.sluice.gateway.proto.proxy.Message;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc.RocketMQProxyBlockingStub;
import dev.sluice.gateway.proto.proxy.SendMessageRequest;
import dev.sluice.gateway.proto.proxy.SendMessageResponse;
import dev.sluice.gateway.proto.proxy.StartPosition;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * One connection to a gateway, used as a deployed SDK does. Calls block for 30 s at most, and throw
 * what gRPC throws, or {@link RefusedException}.
 */
final class Caller implements AutoCloseable {

  private static final int PATIENCE_SECONDS = 30;

  private final ManagedChannel channel;
  private final String instance;

  private Caller(ManagedChannel channel, String instance) {
    this.channel = channel;
    this.instance = instance;
  }

  /** An answer with {@code success = false}. */
  static final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    RefusedException(String message) {
      super(message);
    }
  }

  /** Connects at the first call. */
  static Caller to(int port, EventLoopGroup loops) {
    return to(port, loops, "proofs");
  }

  /** As a client of an instance; each instance has an upstream client of its own. */
  static Caller to(int port, EventLoopGroup loops, String instance) {
    return new Caller(
        NettyChannelBuilder.forAddress("127.0.0.1", port)
            .eventLoopGroup(loops)
            .channelType(NioSocketChannel.class)
            .directExecutor()
            .usePlaintext()
            .build(),
        instance);
  }

  /** One that notices within 15 s that nobody answers any more, as SDKs do. */
  static Caller watchful(int port, EventLoopGroup loops) {
    return new Caller(
        NettyChannelBuilder.forAddress("127.0.0.1", port)
            .eventLoopGroup(loops)
            .channelType(NioSocketChannel.class)
            .directExecutor()
            .keepAliveTime(10, TimeUnit.SECONDS)
            .keepAliveTimeout(5, TimeUnit.SECONDS)
            .keepAliveWithoutCalls(true)
            .usePlaintext()
            .build(),
        "proofs");
  }

  ManagedChannel channel() {
    return channel;
  }

  RocketMQProxyBlockingStub stub() {
    return RocketMQProxyGrpc.newBlockingStub(channel)
        .withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /** The id of a new producer. */
  String producer(String topic) {
    CreateProducerResponse created =
        stub()
            .createProducer(
                CreateProducerRequest.newBuilder().setInstanceId(instance).setTopic(topic).build());
    check(created.getSuccess(), created.getMessage());
    return created.getProducerId();
  }

  /** The id of a new consumer, whose group begins with the topic's first message. */
  String consumer(String topic, String group) {
    return consumer(
        CreateConsumerRequest.newBuilder()
            .setInstanceId(instance)
            .setTopic(topic)
            .setGroupId(group)
            .setStartPosition(StartPosition.EARLIEST)
            .build());
  }

  String consumer(CreateConsumerRequest request) {
    CreateConsumerResponse created = stub().createConsumer(request);
    check(created.getSuccess(), created.getMessage());
    return created.getConsumerId();
  }

  /** Sends the next number. */
  void send(String producerId, Sent sent) {
    int number = sent.next();
    SendMessageResponse answer =
        stub()
            .sendMessage(
                SendMessageRequest.newBuilder()
                    .setProducerId(producerId)
                    .setMessageBody(Integer.toString(number))
                    .setTag("proof")
                    .build());
    check(answer.getSuccess(), answer.getMessage());
    sent.accepted(number);
  }

  void ack(String consumerId, String handle) {
    var answer =
        stub()
            .ackMessage(
                AckMessageRequest.newBuilder()
                    .setConsumerId(consumerId)
                    .setReceiptHandle(handle)
                    .build());
    check(answer.getSuccess(), answer.getMessage());
  }

  /** A stream that has asked for nothing yet. */
  MessageStream stream(String consumerId, Consumer<Message> taker) {
    return MessageStream.open(channel, consumerId, taker);
  }

  private static void check(boolean success, String message) {
    if (!success) {
      throw new RefusedException(message);
    }
  }

  /** Ends the connection in the usual way, with all calls on it. */
  @Override
  public void close() {
    channel.shutdownNow();
  }
}
