package dev.sluice.gateway.frontend.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.proto.proxy.AckMessageRequest;
import dev.sluice.gateway.proto.proxy.AckMessageResponse;
import dev.sluice.gateway.proto.proxy.CreateConsumerRequest;
import dev.sluice.gateway.proto.proxy.CreateConsumerResponse;
import dev.sluice.gateway.proto.proxy.CreateProducerRequest;
import dev.sluice.gateway.proto.proxy.CreateProducerResponse;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc.RocketMQProxyBlockingStub;
import dev.sluice.gateway.proto.proxy.SendMessageRequest;
import dev.sluice.gateway.proto.proxy.SendMessageResponse;
import io.grpc.ManagedChannel;
import java.util.concurrent.TimeUnit;

/** What a deployed SDK does with one connection. */
record Caller(ManagedChannel channel) {

  RocketMQProxyBlockingStub stub() {
    return RocketMQProxyGrpc.newBlockingStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS);
  }

  /** The id of a new producer of the configured upstream. */
  String producer(String topic) {
    CreateProducerResponse created =
        stub().createProducer(CreateProducerRequest.newBuilder().setTopic(topic).build());
    assertThat(created.getMessage()).isEmpty();
    assertThat(created.getSuccess()).isTrue();
    return created.getProducerId();
  }

  /** The id of a new consumer of all that comes from now on. */
  String consumer(String topic, String group) {
    return consumer(CreateConsumerRequest.newBuilder().setTopic(topic).setGroupId(group).build());
  }

  String consumer(CreateConsumerRequest request) {
    CreateConsumerResponse created = stub().createConsumer(request);
    assertThat(created.getMessage()).isEmpty();
    assertThat(created.getSuccess()).isTrue();
    return created.getConsumerId();
  }

  /** Sends a text, which must succeed; yields the message id. */
  String send(String producerId, String body) {
    SendMessageResponse sent =
        stub()
            .sendMessage(
                SendMessageRequest.newBuilder()
                    .setProducerId(producerId)
                    .setMessageBody(body)
                    .build());
    assertThat(sent.getMessage()).isEmpty();
    assertThat(sent.getSuccess()).isTrue();
    return sent.getMessageId();
  }

  AckMessageResponse ack(String consumerId, String handle) {
    return stub()
        .ackMessage(
            AckMessageRequest.newBuilder()
                .setConsumerId(consumerId)
                .setReceiptHandle(handle)
                .build());
  }
}
