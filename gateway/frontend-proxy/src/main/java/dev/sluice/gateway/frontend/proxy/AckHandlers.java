package dev.sluice.gateway.frontend.proxy;

import dev.sluice.gateway.core.ConsumerSession;
import dev.sluice.gateway.core.CurrentConnection;
import dev.sluice.gateway.core.Sessions;
import dev.sluice.gateway.deliveries.AckPath;
import dev.sluice.gateway.deliveries.SealedHandle;
import dev.sluice.gateway.proto.proxy.AckMessageRequest;
import dev.sluice.gateway.proto.proxy.AckMessageResponse;
import dev.sluice.gateway.proto.proxy.AckMessagesRequest;
import dev.sluice.gateway.proto.proxy.AckMessagesResponse;
import dev.sluice.gateway.proto.proxy.FailureCode;
import dev.sluice.gateway.proto.proxy.RetryMessageRequest;
import dev.sluice.gateway.proto.proxy.RetryMessageResponse;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.gateway.upstreams.ConnectionScope;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.List;

/** The RPCs that say what became of a delivery. */
final class AckHandlers {

  private final Sessions sessions;
  private final AckPath acks;
  private final CurrentConnection connections;

  AckHandlers(Sessions sessions, AckPath acks, CurrentConnection connections) {
    this.sessions = sessions;
    this.acks = acks;
    this.connections = connections;
  }

  /** {@code AckMessage}. */
  void one(AckMessageRequest request, StreamObserver<AckMessageResponse> observer) {
    Completion<Void> answer =
        new Answer<>(observer, AckHandlers::acknowledged, AckHandlers::refused);
    ConsumerSession consumer;
    try {
      consumer = sessions.consumer(connections.get(), request.getConsumerId());
      MessageRules.handle("receipt_handle", request.getReceiptHandle());
    } catch (GatewayException e) {
      answer.failed(e);
      return;
    }
    acks.ack(consumer.lease(), request.getReceiptHandle(), answer);
  }

  /** {@code AckMessages}. */
  void many(AckMessagesRequest request, StreamObserver<AckMessagesResponse> observer) {
    Completion<List<AckMessageResponse>> answer =
        new Answer<>(observer, AckHandlers::results, AckHandlers::noneTried);
    ConsumerSession consumer;
    try {
      ConnectionScope connection = connections.get();
      consumer = sessions.consumer(connection, request.getConsumerId());
      MessageRules.entries("receipt_handles", Subject.HANDLE, request.getReceiptHandlesCount());
      // The call itself was charged as one.
      connection.caller().charge(request.getReceiptHandlesCount() - 1);
    } catch (GatewayException e) {
      answer.failed(e);
      return;
    }
    var results =
        new Gathering<AckMessageResponse>(
            request.getReceiptHandlesCount(), AckHandlers::refused, answer);
    for (int i = 0; i < request.getReceiptHandlesCount(); i++) {
      Completion<Void> end = results.entry(i, AckHandlers::acknowledged);
      String handle = request.getReceiptHandles(i);
      try {
        MessageRules.handle("receipt_handles[" + i + "]", handle);
      } catch (GatewayException e) {
        end.failed(e);
        continue;
      }
      acks.ack(consumer.lease(), handle, end);
    }
  }

  /** {@code RetryMessage}. */
  void retry(RetryMessageRequest request, StreamObserver<RetryMessageResponse> observer) {
    Completion<SealedHandle> answer =
        new Answer<>(
            observer,
            comesAgain -> RetryMessageResponse.newBuilder().setSuccess(true).build(),
            (message, code) ->
                RetryMessageResponse.newBuilder().setMessage(message).setFailureCode(code).build());
    ConsumerSession consumer;
    Duration delay;
    try {
      consumer = sessions.consumer(connections.get(), request.getConsumerId());
      MessageRules.handle("receipt_handle", request.getReceiptHandle());
      delay = MessageRules.retryDelay(request.getDelayMs());
    } catch (GatewayException e) {
      answer.failed(e);
      return;
    }
    acks.changeInvisible(consumer.lease(), request.getReceiptHandle(), delay, answer);
  }

  private static AckMessageResponse acknowledged(Void nothing) {
    return AckMessageResponse.newBuilder().setSuccess(true).build();
  }

  private static AckMessageResponse refused(String message, FailureCode code) {
    return AckMessageResponse.newBuilder().setMessage(message).setFailureCode(code).build();
  }

  private static AckMessagesResponse results(List<AckMessageResponse> results) {
    return AckMessagesResponse.newBuilder()
        .setSuccess(results.stream().allMatch(AckMessageResponse::getSuccess))
        .addAllResults(results)
        .build();
  }

  private static AckMessagesResponse noneTried(String message, FailureCode code) {
    return AckMessagesResponse.newBuilder().setMessage(message).setFailureCode(code).build();
  }
}
