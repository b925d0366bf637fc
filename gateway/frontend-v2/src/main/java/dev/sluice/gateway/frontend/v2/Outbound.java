package dev.sluice.gateway.frontend.v2;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.sluice.gateway.deliveries.SealedDelivery;
import dev.sluice.gateway.proto.v2.Encoding;
import dev.sluice.gateway.proto.v2.Message;
import dev.sluice.gateway.proto.v2.MessageType;
import dev.sluice.gateway.proto.v2.Resource;
import dev.sluice.gateway.proto.v2.SystemProperties;
import dev.sluice.gateway.spi.BodyEncoding;
import dev.sluice.gateway.spi.Delivery;
import dev.sluice.gateway.spi.OutboundMessage;
import java.nio.ByteBuffer;

/** Deliveries as callers read them. */
final class Outbound {

  private Outbound() {}

  /**
   * Makes the message.
   *
   * @param asked the topic as the caller wrote it
   * @param invisibleMillis how long it stays hidden from others
   */
  static Message message(Resource asked, SealedDelivery sealed, long invisibleMillis) {
    Delivery delivery = sealed.delivery();
    SystemProperties.Builder system =
        system(delivery)
            .setReceiptHandle(sealed.handle())
            .setInvisibleDuration(Times.duration(invisibleMillis))
            .setDeliveryAttempt(delivery.attempt());
    return message(asked, delivery, system);
  }

  /** A message that was read and not handed out: it has no handle. */
  static Message pulled(Resource asked, Delivery delivery) {
    return message(asked, delivery, system(delivery));
  }

  private static SystemProperties.Builder system(Delivery delivery) {
    SystemProperties.Builder system =
        SystemProperties.newBuilder()
            .addAllKeys(delivery.keys())
            .setMessageId(delivery.messageId())
            .setBodyDigest(BodyDigests.md5(delivery.body()))
            .setBodyEncoding(
                delivery.encoding() == BodyEncoding.GZIP ? Encoding.GZIP : Encoding.IDENTITY)
            .setMessageType(type(delivery))
            .setBornTimestamp(Times.timestamp(delivery.bornAt()))
            .setBornHost(delivery.bornHost())
            .setStoreTimestamp(Times.timestamp(delivery.storedAt()))
            .setStoreHost(delivery.storeHost())
            .setQueueId(delivery.queue().index())
            .setQueueOffset(delivery.offset());
    if (delivery.priority() != OutboundMessage.NO_PRIORITY) {
      system.setPriority(delivery.priority());
    }
    if (delivery.liteTopic() != null) {
      system.setLiteTopic(delivery.liteTopic());
    }
    if (delivery.tag() != null) {
      system.setTag(delivery.tag());
    }
    if (delivery.shardingKey() != null) {
      system.setMessageGroup(delivery.shardingKey());
    }
    return system;
  }

  private static Message message(
      Resource asked, Delivery delivery, SystemProperties.Builder system) {
    return Message.newBuilder()
        .setTopic(ResourceNames.resource(asked, delivery.topic()))
        .putAllUserProperties(delivery.properties())
        .setSystemProperties(system)
        // Never changed by anyone: it may be sent as it lies.
        .setBody(body(delivery.body()))
        .build();
  }

  private static MessageType type(Delivery delivery) {
    if (delivery.liteTopic() != null) {
      return MessageType.LITE;
    }
    if (delivery.shardingKey() != null) {
      return MessageType.FIFO;
    }
    return delivery.priority() == OutboundMessage.NO_PRIORITY
        ? MessageType.NORMAL
        : MessageType.PRIORITY;
  }

  private static ByteString body(ByteBuffer body) {
    return UnsafeByteOperations.unsafeWrap(body.duplicate());
  }
}
