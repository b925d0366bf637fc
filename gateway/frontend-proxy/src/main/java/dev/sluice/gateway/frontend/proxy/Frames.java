package dev.sluice.gateway.frontend.proxy;

import com.google.protobuf.ByteString;
import dev.sluice.gateway.deliveries.SealedDelivery;
import dev.sluice.gateway.proto.proxy.MessageFrame;
import dev.sluice.gateway.spi.BodyEncoding;
import dev.sluice.gateway.spi.Delivery;
import dev.sluice.gateway.spi.OutboundMessage;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Messages as the wire has them. */
final class Frames {

  private Frames() {}

  /** Never throws, whatever the body is. */
  static MessageFrame of(SealedDelivery sealed) {
    Delivery delivery = sealed.delivery();
    MessageFrame.Builder frame =
        MessageFrame.newBuilder()
            .setMessageId(delivery.messageId())
            .setReceiptHandle(sealed.handle())
            .putAllProperties(delivery.properties())
            .setBornTimestamp(delivery.bornAt())
            .setReconsumeTimes(delivery.attempt() - 1);
    named(frame, delivery.tag(), delivery.keys(), delivery.shardingKey());
    body(frame, delivery.encoding(), delivery.body());
    return frame.build();
  }

  /** What was sent, as its receivers will have it, without what only deliveries have. */
  static MessageFrame of(OutboundMessage message) {
    MessageFrame.Builder frame =
        MessageFrame.newBuilder()
            .setMessageId(Objects.requireNonNullElse(message.id(), ""))
            .putAllProperties(message.properties())
            .setBornTimestamp(message.bornAt());
    named(frame, message.tag(), message.keys(), message.shardingKey());
    body(frame, message.encoding(), message.body());
    return frame.build();
  }

  private static void named(
      MessageFrame.Builder frame,
      @Nullable String tag,
      List<String> keys,
      @Nullable String shardingKey) {
    if (tag != null) {
      frame.setTag(tag);
    }
    if (!keys.isEmpty()) {
      frame.putProperties(MessageRules.KEYS, String.join(" ", keys));
    }
    if (shardingKey != null && !shardingKey.isEmpty()) {
      frame.putProperties(MessageRules.SHARDING_KEY, shardingKey);
    }
  }

  private static void body(MessageFrame.Builder frame, BodyEncoding encoding, ByteBuffer body) {
    if (encoding == BodyEncoding.GZIP) {
      compressed(frame, body);
    } else {
      body(frame, ByteString.copyFrom(body.duplicate()));
    }
  }

  /** SDKs expand nothing: what cannot be expanded here reaches them as it is, and says so. */
  private static void compressed(MessageFrame.Builder frame, ByteBuffer body) {
    ByteString compressed = ByteString.copyFrom(body.duplicate());
    ByteString expanded = Expansion.expand(compressed, ProxyFrontend.MAX_BODY_BYTES);
    if (expanded != null) {
      body(frame, expanded);
    } else {
      frame.setRawBody(compressed).setContentEncoding(Expansion.encodingOf(compressed));
    }
  }

  private static void body(MessageFrame.Builder frame, ByteString body) {
    if (body.isValidUtf8()) {
      frame.setMessageBody(body);
    } else {
      frame.setRawBody(body);
    }
  }
}
