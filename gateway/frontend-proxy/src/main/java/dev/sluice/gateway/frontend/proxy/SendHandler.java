package dev.sluice.gateway.frontend.proxy;

import com.google.protobuf.ByteString;
import dev.sluice.gateway.core.ConnectionScope;
import dev.sluice.gateway.core.CurrentConnection;
import dev.sluice.gateway.core.ProducerSession;
import dev.sluice.gateway.core.SendPath;
import dev.sluice.gateway.core.Sessions;
import dev.sluice.gateway.core.spi.BodyEncoding;
import dev.sluice.gateway.core.spi.Completion;
import dev.sluice.gateway.core.spi.GatewayException;
import dev.sluice.gateway.core.spi.GatewayException.Subject;
import dev.sluice.gateway.core.spi.OutboundMessage;
import dev.sluice.gateway.core.spi.Schedule;
import dev.sluice.gateway.core.spi.SendReceipt;
import dev.sluice.gateway.proto.proxy.FailureCode;
import dev.sluice.gateway.proto.proxy.MessageProperties;
import dev.sluice.gateway.proto.proxy.SendMessageFrame;
import dev.sluice.gateway.proto.proxy.SendMessageResponse;
import dev.sluice.lifecycle.Clock;
import io.grpc.stub.ServerCalls.UnaryMethod;
import io.grpc.stub.StreamObserver;

/** {@code SendMessage}. */
final class SendHandler implements UnaryMethod<SendMessageFrame, SendMessageResponse> {

  private final Sessions sessions;
  private final SendPath sends;
  private final CurrentConnection connections;
  private final Clock clock;

  SendHandler(Sessions sessions, SendPath sends, CurrentConnection connections, Clock clock) {
    this.sessions = sessions;
    this.sends = sends;
    this.connections = connections;
    this.clock = clock;
  }

  @Override
  public void invoke(SendMessageFrame request, StreamObserver<SendMessageResponse> observer) {
    Completion<SendReceipt> answer =
        new Answer<>(observer, SendHandler::stored, SendHandler::refused);
    ProducerSession producer;
    OutboundMessage message;
    try {
      ConnectionScope connection = connections.get();
      producer = sessions.producer(connection, request.getProducerId());
      message = message(request, producer.topic(), connection.peer());
    } catch (GatewayException e) {
      answer.failed(e);
      return;
    }
    sends.send(producer.lease(), message, answer);
  }

  private OutboundMessage message(SendMessageFrame request, String topic, String peer) {
    ByteString body = body(request);
    MessageProperties properties = request.getProperties();
    String tag = MessageRules.tag(request.getTag());
    String key = properties.getMessageKey();
    MessageRules.properties(properties.getPropertiesMap(), request.getTag(), key);
    long now = clock.currentTimeMillis();
    return new OutboundMessage(
        topic,
        null,
        body.asReadOnlyByteBuffer(),
        BodyEncoding.IDENTITY,
        tag,
        MessageRules.keys(key),
        MessageRules.shardingKey(properties.getShardingKey()),
        properties.getPropertiesMap(),
        now,
        peer,
        schedule(properties.getStartDeliverTime(), now));
  }

  private static ByteString body(SendMessageFrame request) {
    ByteString text = request.getMessageBody();
    ByteString raw = request.getRawBody();
    if (raw.isEmpty()) {
      MessageRules.body("message_body", text.size());
      return text;
    }
    if (!text.isEmpty()) {
      throw GatewayException.invalid(
          Subject.BODY,
          "message_body: "
              + text.size()
              + " bytes beside a raw_body of "
              + raw.size()
              + " (expected: one of them)");
    }
    MessageRules.body("raw_body", raw.size());
    return raw;
  }

  private static Schedule schedule(long startDeliverTime, long now) {
    if (startDeliverTime < 0) {
      throw GatewayException.invalid(
          Subject.DELIVERY_TIME,
          "properties.start_deliver_time: "
              + startDeliverTime
              + " (expected: milliseconds since the epoch, or 0 for at once)");
    }
    return startDeliverTime <= now ? Schedule.NOW : new Schedule.At(startDeliverTime);
  }

  private static SendMessageResponse stored(SendReceipt receipt) {
    return SendMessageResponse.newBuilder()
        .setSuccess(true)
        .setMessageId(receipt.messageId())
        .setReceiptHandle(receipt.messageId())
        .build();
  }

  private static SendMessageResponse refused(String message, FailureCode code) {
    return SendMessageResponse.newBuilder().setMessage(message).setFailureCode(code).build();
  }
}
