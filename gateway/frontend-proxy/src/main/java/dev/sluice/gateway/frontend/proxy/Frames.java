package dev.sluice.gateway.frontend.proxy;

import com.google.protobuf.ByteString;
import dev.sluice.gateway.deliveries.SealedDelivery;
import dev.sluice.gateway.proto.proxy.MessageFrame;
import dev.sluice.gateway.spi.BodyEncoding;
import dev.sluice.gateway.spi.Delivery;
import java.nio.ByteBuffer;

/** Deliveries as the wire has them. */
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
    if (delivery.tag() != null) {
      frame.setTag(delivery.tag());
    }
    if (!delivery.keys().isEmpty()) {
      frame.putProperties(MessageRules.KEYS, String.join(" ", delivery.keys()));
    }
    String shardingKey = delivery.shardingKey();
    if (shardingKey != null && !shardingKey.isEmpty()) {
      frame.putProperties(MessageRules.SHARDING_KEY, shardingKey);
    }
    if (delivery.encoding() == BodyEncoding.GZIP) {
      compressed(frame, delivery.body());
    } else {
      body(frame, ByteString.copyFrom(delivery.body().duplicate()));
    }
    return frame.build();
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
