package dev.sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.gateway.proto.proxy.AckMessageRequest;
import dev.sluice.gateway.proto.proxy.AckMessageResponse;
import dev.sluice.gateway.proto.proxy.CreateConsumerRequest;
import dev.sluice.gateway.proto.proxy.CreateConsumerResponse;
import dev.sluice.gateway.proto.proxy.CreateProducerRequest;
import dev.sluice.gateway.proto.proxy.CreateProducerResponse;
import dev.sluice.gateway.proto.proxy.FailureCode;
import dev.sluice.gateway.proto.proxy.Message;
import dev.sluice.gateway.proto.proxy.MessageToSend;
import dev.sluice.gateway.proto.proxy.RetryMessageRequest;
import dev.sluice.gateway.proto.proxy.RetryMessageResponse;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc.RocketMQProxyBlockingStub;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc.RocketMQProxyFutureStub;
import dev.sluice.gateway.proto.proxy.SendMessageRequest;
import dev.sluice.gateway.proto.proxy.SendMessageResponse;
import dev.sluice.gateway.proto.proxy.SendMessagesRequest;
import dev.sluice.gateway.proto.proxy.SendMessagesResponse;
import dev.sluice.gateway.proto.proxy.StartPosition;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One connection to a gateway, and what can be asked over it. Calls block. */
final class Client implements AutoCloseable {

  /** What a stream takes unread. */
  static final int WINDOW_BYTES = 64 * 1024;

  private static final int PATIENCE_SECONDS = 60;
  private static final int BATCH = 100;

  private final ManagedChannel channel;

  private Client(ManagedChannel channel) {
    this.channel = channel;
  }

  /** Connects, at the first call, to {@code host:port}. */
  static Client to(String address) {
    return new Client(
        NettyChannelBuilder.forTarget(address)
            .flowControlWindow(WINDOW_BYTES)
            .usePlaintext()
            .build());
  }

  /** The same to a port of this machine. */
  static Client to(int port) {
    return to("127.0.0.1:" + port);
  }

  ManagedChannel channel() {
    return channel;
  }

  RocketMQProxyBlockingStub stub() {
    return RocketMQProxyGrpc.newBlockingStub(channel)
        .withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /** Calls whose answers nobody waits for. */
  RocketMQProxyFutureStub futures() {
    return RocketMQProxyGrpc.newFutureStub(channel)
        .withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  String producer(String topic) {
    return producer(CreateProducerRequest.newBuilder().setTopic(topic).build());
  }

  /** Asks again where the broker, of which gateways await an answer for three seconds, is slow. */
  String producer(CreateProducerRequest request) {
    CreateProducerResponse created =
        await("a producer")
            .atMost(Duration.ofSeconds(PATIENCE_SECONDS))
            .until(
                () -> stub().createProducer(request),
                answer -> answer.getFailureCode() != FailureCode.UNAVAILABLE);
    assertThat(created.getSuccess()).as(created.getMessage()).isTrue();
    return created.getProducerId();
  }

  /** A consumer of a group that begins with the topic's first message. */
  String consumer(String topic, String group) {
    return consumer(
        CreateConsumerRequest.newBuilder()
            .setTopic(topic)
            .setGroupId(group)
            .setStartPosition(StartPosition.EARLIEST)
            .build());
  }

  /** The same, with messages of one sharding key one after the other. */
  String orderedConsumer(String topic, String group, Duration maxHold) {
    return consumer(
        CreateConsumerRequest.newBuilder()
            .setTopic(topic)
            .setGroupId(group)
            .setStartPosition(StartPosition.EARLIEST)
            .setOrdered(true)
            .setMaxHoldMs(maxHold.toMillis())
            .build());
  }

  /** Asks again as for a producer. */
  String consumer(CreateConsumerRequest request) {
    CreateConsumerResponse created =
        await("a consumer")
            .atMost(Duration.ofSeconds(PATIENCE_SECONDS))
            .until(
                () -> stub().createConsumer(request),
                answer -> answer.getFailureCode() != FailureCode.UNAVAILABLE);
    assertThat(created.getSuccess()).as(created.getMessage()).isTrue();
    return created.getConsumerId();
  }

  /** Sends one, and expects it to be stored; its message id. */
  String send(String producer, String body) {
    return send(
        SendMessageRequest.newBuilder().setProducerId(producer).setMessageBody(body).build());
  }

  String send(SendMessageRequest request) {
    SendMessageResponse sent = stub().sendMessage(request);
    assertThat(sent.getSuccess()).as(sent.getMessage()).isTrue();
    return sent.getMessageId();
  }

  /** Sends these bodies, and expects all to be stored. */
  void send(String producer, List<String> bodies) {
    sendAll(
        producer,
        bodies.stream().map(body -> MessageToSend.newBuilder().setMessageBody(body)).toList());
  }

  /** Sends these in their order, and expects all to be stored. */
  void sendAll(String producer, List<MessageToSend.Builder> messages) {
    List<MessageToSend.Builder> left = new ArrayList<>(messages);
    while (!left.isEmpty()) {
      List<MessageToSend.Builder> batch = left.subList(0, Math.min(BATCH, left.size()));
      SendMessagesRequest.Builder request =
          SendMessagesRequest.newBuilder().setProducerId(producer);
      batch.forEach(request::addMessages);
      SendMessagesResponse sent = stub().sendMessages(request.build());
      assertThat(sent.getSuccess()).as(sent.toString()).isTrue();
      batch.clear();
    }
  }

  /** A stream that has asked for nothing yet. */
  Reader open(String consumer) {
    return Reader.open(this, consumer);
  }

  /** A stream that takes whatever comes. */
  Reader read(String consumer) {
    return open(consumer).readAll();
  }

  void ack(String consumer, Message message) {
    AckMessageResponse answer = tryAck(consumer, message.getReceiptHandle());
    assertThat(answer.getSuccess()).as(answer.getMessage()).isTrue();
  }

  AckMessageResponse tryAck(String consumer, String handle) {
    return stub()
        .ackMessage(
            AckMessageRequest.newBuilder()
                .setConsumerId(consumer)
                .setReceiptHandle(handle)
                .build());
  }

  RetryMessageResponse retry(String consumer, String handle, Duration delay) {
    return stub()
        .retryMessage(
            RetryMessageRequest.newBuilder()
                .setConsumerId(consumer)
                .setReceiptHandle(handle)
                .setDelayMs(delay.toMillis())
                .build());
  }

  /** Ends all calls and the connection, saying so. */
  @Override
  public void close() {
    channel.shutdownNow();
    try {
      assertThat(channel.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
