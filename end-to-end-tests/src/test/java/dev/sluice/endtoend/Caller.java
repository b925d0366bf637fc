package dev.sluice.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.proto.proxy.AckMessageRequest;
import dev.sluice.gateway.proto.proxy.AckMessageResponse;
import dev.sluice.gateway.proto.proxy.CreateConsumerRequest;
import dev.sluice.gateway.proto.proxy.CreateConsumerResponse;
import dev.sluice.gateway.proto.proxy.CreateProducerRequest;
import dev.sluice.gateway.proto.proxy.CreateProducerResponse;
import dev.sluice.gateway.proto.proxy.RetryMessageRequest;
import dev.sluice.gateway.proto.proxy.RetryMessageResponse;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc.RocketMQProxyBlockingV2Stub;
import dev.sluice.gateway.proto.proxy.SendMessageRequest;
import dev.sluice.gateway.proto.proxy.SendMessageResponse;
import dev.sluice.gateway.proto.proxy.StartPosition;
import io.grpc.ManagedChannel;
import io.grpc.StatusException;
import io.grpc.netty.NettyChannelBuilder;
import java.util.concurrent.TimeUnit;

/** One connection to a gateway, and the calls that tests make most. */
final class Caller implements AutoCloseable {

  private static final int PATIENCE_SECONDS = 60;

  private final ManagedChannel channel;

  private Caller(ManagedChannel channel) {
    this.channel = channel;
  }

  static Caller of(RunningGateway gateway) {
    return new Caller(NettyChannelBuilder.forTarget(gateway.grpc()).usePlaintext().build());
  }

  /** Calls, each of which may take a minute. */
  RocketMQProxyBlockingV2Stub calls() {
    return RocketMQProxyGrpc.newBlockingV2Stub(channel)
        .withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /** Calls that wait for no answer. */
  RocketMQProxyGrpc.RocketMQProxyFutureStub futures() {
    return RocketMQProxyGrpc.newFutureStub(channel)
        .withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /** The id of a new producer of the configured upstream. */
  String producer(String topic) throws StatusException {
    return producer(CreateProducerRequest.newBuilder().setTopic(topic));
  }

  String producer(CreateProducerRequest.Builder request) throws StatusException {
    CreateProducerResponse created = calls().createProducer(request.build());
    assertThat(created.getSuccess()).as(created.getMessage()).isTrue();
    return created.getProducerId();
  }

  /** The id of a new consumer of all that the topic has and gets. */
  String consumer(String topic, String group) throws StatusException {
    return consumer(consumerOf(topic, group).setStartPosition(StartPosition.EARLIEST));
  }

  static CreateConsumerRequest.Builder consumerOf(String topic, String group) {
    return CreateConsumerRequest.newBuilder().setTopic(topic).setGroupId(group);
  }

  String consumer(CreateConsumerRequest.Builder request) throws StatusException {
    CreateConsumerResponse created = calls().createConsumer(request.build());
    assertThat(created.getSuccess()).as(created.getMessage()).isTrue();
    return created.getConsumerId();
  }

  /** Sends a text, which must be accepted; yields the message id. */
  String send(String producerId, String text) throws StatusException {
    return send(SendMessageRequest.newBuilder().setProducerId(producerId).setMessageBody(text));
  }

  String send(SendMessageRequest.Builder request) throws StatusException {
    SendMessageResponse sent = calls().sendMessage(request.build());
    assertThat(sent.getSuccess()).as(sent.getMessage()).isTrue();
    return sent.getMessageId();
  }

  /** A stream that reads all that comes. */
  Inbox receive(String consumerId) {
    return Inbox.reading(channel, consumerId);
  }

  AckMessageResponse ack(String consumerId, String handle) throws StatusException {
    return calls()
        .ackMessage(
            AckMessageRequest.newBuilder()
                .setConsumerId(consumerId)
                .setReceiptHandle(handle)
                .build());
  }

  RetryMessageResponse retry(String consumerId, String handle, long delayMillis)
      throws StatusException {
    return calls()
        .retryMessage(
            RetryMessageRequest.newBuilder()
                .setConsumerId(consumerId)
                .setReceiptHandle(handle)
                .setDelayMs(delayMillis)
                .build());
  }

  ManagedChannel channel() {
    return channel;
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
