package dev.sluice.gateway.frontend.proxy;

import dev.sluice.gateway.core.CurrentConnection;
import dev.sluice.gateway.core.ProducerSession;
import dev.sluice.gateway.core.SendPath;
import dev.sluice.gateway.core.Sessions;
import dev.sluice.gateway.frontend.proxy.Drafts.Draft;
import dev.sluice.gateway.frontend.proxy.Drafts.Origin;
import dev.sluice.gateway.proto.proxy.FailureCode;
import dev.sluice.gateway.proto.proxy.MessageToSendFrame;
import dev.sluice.gateway.proto.proxy.SendDelayMessageFrame;
import dev.sluice.gateway.proto.proxy.SendMessageFrame;
import dev.sluice.gateway.proto.proxy.SendMessageResponse;
import dev.sluice.gateway.proto.proxy.SendMessagesFrame;
import dev.sluice.gateway.proto.proxy.SendMessagesResponse;
import dev.sluice.gateway.proto.proxy.SendOrderedMessageFrame;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.gateway.spi.OutboundMessage;
import dev.sluice.gateway.spi.SendReceipt;
import dev.sluice.gateway.upstreams.ConnectionScope;
import dev.sluice.lifecycle.Clock;
import io.grpc.stub.StreamObserver;
import java.util.List;

/** The RPCs that send, but for transactions. */
final class SendHandlers {

  private final Sessions sessions;
  private final SendPath sends;
  private final CurrentConnection connections;
  private final Clock clock;

  SendHandlers(Sessions sessions, SendPath sends, CurrentConnection connections, Clock clock) {
    this.sessions = sessions;
    this.sends = sends;
    this.connections = connections;
    this.clock = clock;
  }

  /** {@code SendMessage}. */
  void one(SendMessageFrame request, StreamObserver<SendMessageResponse> observer) {
    send(
        request.getProducerId(),
        origin ->
            Drafts.plain(
                origin,
                new Draft(
                    request.getMessageBody(),
                    request.getRawBody(),
                    request.getTag(),
                    request.getProperties())),
        observer);
  }

  /** {@code SendOrderedMessage}. */
  void ordered(SendOrderedMessageFrame request, StreamObserver<SendMessageResponse> observer) {
    send(
        request.getProducerId(),
        origin ->
            Drafts.ordered(
                origin,
                new Draft(
                    request.getMessageBody(),
                    request.getRawBody(),
                    request.getTag(),
                    request.getProperties()),
                request.getShardingKey()),
        observer);
  }

  /** {@code SendDelayMessage}. */
  void delayed(SendDelayMessageFrame request, StreamObserver<SendMessageResponse> observer) {
    send(
        request.getProducerId(),
        origin ->
            Drafts.delayed(
                origin,
                new Draft(
                    request.getMessageBody(),
                    request.getRawBody(),
                    request.getTag(),
                    request.getProperties()),
                request.getDelayTimeLevel(),
                request.getStartDeliverTime()),
        observer);
  }

  /** Makes the message of a request. */
  @FunctionalInterface
  private interface Drafting {
    OutboundMessage of(Origin origin);
  }

  private void send(
      String producerId, Drafting drafting, StreamObserver<SendMessageResponse> observer) {
    Completion<SendReceipt> answer =
        new Answer<>(observer, SendHandlers::stored, SendHandlers::refused);
    ProducerSession producer;
    OutboundMessage message;
    try {
      ConnectionScope connection = connections.get();
      producer = sessions.producer(connection, producerId);
      message = drafting.of(origin(connection, producer));
    } catch (GatewayException e) {
      answer.failed(e);
      return;
    }
    sends.send(producer.lease(), message, answer);
  }

  private Origin origin(ConnectionScope connection, ProducerSession producer) {
    return new Origin(producer.topic(), connection.peer(), clock.currentTimeMillis());
  }

  /** {@code SendMessages}: entries with an equal sharding key keep their order. */
  void many(SendMessagesFrame request, StreamObserver<SendMessagesResponse> observer) {
    Completion<List<SendMessageResponse>> answer =
        new Answer<>(observer, SendHandlers::results, SendHandlers::noneTried);
    ProducerSession producer;
    Origin origin;
    try {
      ConnectionScope connection = connections.get();
      producer = sessions.producer(connection, request.getProducerId());
      origin = origin(connection, producer);
      MessageRules.entries("messages", Subject.MESSAGE, request.getMessagesCount());
      // The call itself was charged as one.
      connection.caller().charge(request.getMessagesCount() - 1);
    } catch (GatewayException e) {
      answer.failed(e);
      return;
    }
    var results =
        new Gathering<SendMessageResponse>(
            request.getMessagesCount(), SendHandlers::refused, answer);
    for (int i = 0; i < request.getMessagesCount(); i++) {
      Completion<SendReceipt> end = results.entry(i, SendHandlers::stored);
      OutboundMessage message;
      try {
        message = entry(origin, request.getMessages(i));
      } catch (GatewayException e) {
        end.failed(e);
        continue;
      }
      sends.send(producer.lease(), message, end);
    }
  }

  private static OutboundMessage entry(Origin origin, MessageToSendFrame entry) {
    return Drafts.plain(
        origin,
        new Draft(
            entry.getMessageBody(), entry.getRawBody(), entry.getTag(), entry.getProperties()));
  }

  private static SendMessageResponse stored(SendReceipt receipt) {
    var response =
        SendMessageResponse.newBuilder()
            .setSuccess(true)
            .setMessageId(receipt.messageId())
            .setReceiptHandle(receipt.messageId());
    SendReceipt.Moved moved = receipt.moved();
    if (moved != null) {
      response.setMessage(moved.why()).setDeliveryMovedTo(moved.to());
    }
    return response.build();
  }

  private static SendMessageResponse refused(String message, FailureCode code) {
    return SendMessageResponse.newBuilder().setMessage(message).setFailureCode(code).build();
  }

  private static SendMessagesResponse results(List<SendMessageResponse> results) {
    return SendMessagesResponse.newBuilder()
        .setSuccess(results.stream().allMatch(SendMessageResponse::getSuccess))
        .addAllResults(results)
        .build();
  }

  private static SendMessagesResponse noneTried(String message, FailureCode code) {
    return SendMessagesResponse.newBuilder().setMessage(message).setFailureCode(code).build();
  }
}
