package dev.sluice.gateway.frontend.proxy;

import dev.sluice.gateway.core.ConsumerSession;
import dev.sluice.gateway.core.ConsumerSpec;
import dev.sluice.gateway.core.CurrentConnection;
import dev.sluice.gateway.core.ProducerSession;
import dev.sluice.gateway.core.ProducerSpec;
import dev.sluice.gateway.core.Sessions;
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
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.Credentials;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.gateway.spi.Subscription;
import io.grpc.stub.StreamObserver;
import java.util.function.IntSupplier;

/** Producers and consumers, from their making to their end, and health. */
final class SessionHandlers extends RocketMQProxyImplBase {

  private final Sessions sessions;
  private final CurrentConnection connections;
  private final HealthProbe health;

  SessionHandlers(Sessions sessions, CurrentConnection connections, HealthProbe health) {
    this.sessions = sessions;
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
        request.getOrdered(),
        MessageRules.maxHold(request.getMaxHoldMs()));
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

  /**
   * By id: the producer on whichever connection it lives, since only its owner has the id. By
   * topic: only producers that this connection created or used, as a topic is no secret.
   */
  @Override
  public void cleanupProducer(
      CleanupProducerRequest request, StreamObserver<CleanupProducerResponse> observer) {
    Completion<Integer> answer =
        new Answer<>(
            observer,
            count ->
                CleanupProducerResponse.newBuilder()
                    .setSuccess(true)
                    .setCleanedCount(count)
                    .build(),
            (message, code) ->
                CleanupProducerResponse.newBuilder()
                    .setMessage(message)
                    .setFailureCode(code)
                    .build());
    count(
        answer,
        () -> {
          if (!request.getProducerId().isEmpty()) {
            return sessions.cleanupProducer(connections.get(), request.getProducerId());
          }
          MessageRules.named("topic", Subject.TOPIC, request.getTopic(), "producer_id");
          return sessions.cleanupProducers(
              connections.get(), request.getTopic(), request.getEndpoint());
        });
  }

  /** As {@link #cleanupProducer}, with the group in place of the topic. */
  @Override
  public void cleanupConsumer(
      CleanupConsumerRequest request, StreamObserver<CleanupConsumerResponse> observer) {
    Completion<Integer> answer =
        new Answer<>(
            observer,
            count ->
                CleanupConsumerResponse.newBuilder()
                    .setSuccess(true)
                    .setCleanedCount(count)
                    .build(),
            (message, code) ->
                CleanupConsumerResponse.newBuilder()
                    .setMessage(message)
                    .setFailureCode(code)
                    .build());
    count(
        answer,
        () -> {
          if (!request.getConsumerId().isEmpty()) {
            return sessions.cleanupConsumer(connections.get(), request.getConsumerId());
          }
          MessageRules.named("group_id", Subject.GROUP, request.getGroupId(), "consumer_id");
          return sessions.cleanupConsumers(
              connections.get(), request.getGroupId(), request.getTopic());
        });
  }

  private static void count(Completion<Integer> answer, IntSupplier cleanup) {
    int count;
    try {
      count = cleanup.getAsInt();
    } catch (GatewayException e) {
      answer.failed(e);
      return;
    }
    answer.done(count);
  }
}
