package dev.sluice.gateway.frontend.proxy;

import dev.sluice.gateway.core.AckPath;
import dev.sluice.gateway.core.ConsumerSession;
import dev.sluice.gateway.core.ConsumerSpec;
import dev.sluice.gateway.core.CurrentConnection;
import dev.sluice.gateway.core.ProducerSession;
import dev.sluice.gateway.core.ProducerSpec;
import dev.sluice.gateway.core.Sessions;
import dev.sluice.gateway.core.spi.Completion;
import dev.sluice.gateway.core.spi.Credentials;
import dev.sluice.gateway.core.spi.GatewayException;
import dev.sluice.gateway.core.spi.GatewayException.Subject;
import dev.sluice.gateway.core.spi.Subscription;
import dev.sluice.gateway.proto.proxy.AckMessageRequest;
import dev.sluice.gateway.proto.proxy.AckMessageResponse;
import dev.sluice.gateway.proto.proxy.CleanupConsumerRequest;
import dev.sluice.gateway.proto.proxy.CleanupConsumerResponse;
import dev.sluice.gateway.proto.proxy.CleanupProducerRequest;
import dev.sluice.gateway.proto.proxy.CleanupProducerResponse;
import dev.sluice.gateway.proto.proxy.CreateConsumerRequest;
import dev.sluice.gateway.proto.proxy.CreateConsumerResponse;
import dev.sluice.gateway.proto.proxy.CreateProducerRequest;
import dev.sluice.gateway.proto.proxy.CreateProducerResponse;
import dev.sluice.gateway.proto.proxy.HealthCheckRequest;
import dev.sluice.gateway.proto.proxy.HealthCheckResponse;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc.RocketMQProxyImplBase;
import dev.sluice.gateway.proto.proxy.SendDelayMessageRequest;
import dev.sluice.gateway.proto.proxy.SendMessageResponse;
import dev.sluice.gateway.proto.proxy.SendOrderedMessageRequest;
import dev.sluice.gateway.proto.proxy.SendTransactionMessageRequest;
import dev.sluice.gateway.proto.proxy.SendTransactionMessageResponse;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;

/** All of the service but {@code SendMessage} and {@code ReceiveMessages}. */
final class SessionHandlers extends RocketMQProxyImplBase {

  private final Sessions sessions;
  private final AckPath acks;
  private final CurrentConnection connections;
  private final HealthProbe health;

  SessionHandlers(
      Sessions sessions, AckPath acks, CurrentConnection connections, HealthProbe health) {
    this.sessions = sessions;
    this.acks = acks;
    this.connections = connections;
    this.health = health;
  }

  @Override
  public void createProducer(
      CreateProducerRequest request, StreamObserver<CreateProducerResponse> observer) {
    Completion<ProducerSession> answer =
        new Answer<>(
            observer,
            producer ->
                CreateProducerResponse.newBuilder()
                    .setSuccess(true)
                    .setProducerId(producer.id())
                    .build(),
            (message, code) ->
                CreateProducerResponse.newBuilder()
                    .setMessage(message)
                    .setFailureCode(code)
                    .build());
    var credentials = new Credentials(request.getAccessKeyId(), request.getAccessKeySecret());
    var spec =
        new ProducerSpec(
            request.getEndpoint(), request.getInstanceId(), credentials, request.getTopic());
    sessions.createProducer(connections.get(), spec, answer);
  }

  @Override
  public void createConsumer(
      CreateConsumerRequest request, StreamObserver<CreateConsumerResponse> observer) {
    Completion<ConsumerSession> answer =
        new Answer<>(
            observer,
            consumer ->
                CreateConsumerResponse.newBuilder()
                    .setSuccess(true)
                    .setConsumerId(consumer.id())
                    .build(),
            (message, code) ->
                CreateConsumerResponse.newBuilder()
                    .setMessage(message)
                    .setFailureCode(code)
                    .build());
    ConsumerSpec spec;
    try {
      spec = consumer(request);
    } catch (GatewayException e) {
      answer.failed(e);
      return;
    }
    sessions.createConsumer(connections.get(), spec, answer);
  }

  private static ConsumerSpec consumer(CreateConsumerRequest request) {
    return new ConsumerSpec(
        request.getEndpoint(),
        request.getInstanceId(),
        new Credentials(request.getAccessKeyId(), request.getAccessKeySecret()),
        request.getTopic(),
        request.getGroupId(),
        MessageRules.filter(request.getTagExpression()),
        start(request),
        false,
        null);
  }

  private static Subscription.Start start(CreateConsumerRequest request) {
    long timestamp = request.getStartTimestamp();
    return switch (request.getStartPosition()) {
      case LATEST -> without(timestamp, new Subscription.Start.Latest());
      case EARLIEST -> without(timestamp, new Subscription.Start.Earliest());
      case TIMESTAMP -> {
        if (timestamp <= 0) {
          throw GatewayException.invalid(
              Subject.NONE,
              "start_timestamp: "
                  + timestamp
                  + " (expected: milliseconds since the epoch, with start_position TIMESTAMP)");
        }
        yield new Subscription.Start.At(timestamp);
      }
      case UNRECOGNIZED ->
          throw GatewayException.invalid(
              Subject.NONE,
              "start_position: "
                  + request.getStartPositionValue()
                  + " (expected: LATEST, EARLIEST or TIMESTAMP)");
    };
  }

  private static Subscription.Start without(long timestamp, Subscription.Start start) {
    if (timestamp != 0) {
      throw GatewayException.invalid(
          Subject.NONE,
          "start_timestamp: " + timestamp + " (expected: only with start_position TIMESTAMP)");
    }
    return start;
  }

  @Override
  public void ackMessage(AckMessageRequest request, StreamObserver<AckMessageResponse> observer) {
    Completion<Void> answer =
        new Answer<>(
            observer,
            acknowledged -> AckMessageResponse.newBuilder().setSuccess(true).build(),
            (message, code) ->
                AckMessageResponse.newBuilder().setMessage(message).setFailureCode(code).build());
    ConsumerSession consumer;
    try {
      consumer = sessions.consumer(connections.get(), request.getConsumerId());
      if (request.getReceiptHandle().isEmpty()) {
        throw GatewayException.invalid(
            Subject.HANDLE,
            "receipt_handle: empty (expected: the receipt handle of a received message)");
      }
    } catch (GatewayException e) {
      answer.failed(e);
      return;
    }
    acks.ack(consumer.lease(), request.getReceiptHandle(), answer);
  }

  @Override
  public void healthCheck(
      HealthCheckRequest request, StreamObserver<HealthCheckResponse> observer) {
    HealthProbe.Health now = health.health();
    observer.onNext(
        HealthCheckResponse.newBuilder()
            .setHealthy(now.healthy())
            .setMessage(now.message())
            .build());
    observer.onCompleted();
  }

  @Override
  public void sendOrderedMessage(
      SendOrderedMessageRequest request, StreamObserver<SendMessageResponse> observer) {
    notServed(
        "SendOrderedMessage", "SendMessage with properties.sharding_key keeps the order", observer);
  }

  @Override
  public void sendDelayMessage(
      SendDelayMessageRequest request, StreamObserver<SendMessageResponse> observer) {
    notServed(
        "SendDelayMessage", "SendMessage with properties.start_deliver_time delays", observer);
  }

  @Override
  public void sendTransactionMessage(
      SendTransactionMessageRequest request,
      StreamObserver<SendTransactionMessageResponse> observer) {
    notServed("SendTransactionMessage", "no other RPC stands in for it", observer);
  }

  @Override
  public void cleanupProducer(
      CleanupProducerRequest request, StreamObserver<CleanupProducerResponse> observer) {
    notServed("CleanupProducer", "a producer ends with its connection", observer);
  }

  @Override
  public void cleanupConsumer(
      CleanupConsumerRequest request, StreamObserver<CleanupConsumerResponse> observer) {
    notServed("CleanupConsumer", "a consumer ends with its connection", observer);
  }

  private static void notServed(String rpc, String instead, StreamObserver<?> observer) {
    observer.onError(
        Status.UNIMPLEMENTED
            .withDescription(rpc + " is not served by this version of the gateway: " + instead)
            .asRuntimeException());
  }
}
