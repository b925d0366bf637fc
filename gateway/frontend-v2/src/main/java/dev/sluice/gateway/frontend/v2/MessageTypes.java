package dev.sluice.gateway.frontend.v2;

import dev.sluice.gateway.proto.v2.Code;
import dev.sluice.gateway.proto.v2.SystemProperties;
import dev.sluice.gateway.spi.Topology.MessageKind;
import org.jspecify.annotations.Nullable;

/**
 * What kind of message one is: its properties decide, as they do at brokers, and of transactions
 * its type does.
 */
final class MessageTypes {

  private MessageTypes() {}

  /**
   * The kind of a message.
   *
   * @throws Refusal where its properties belong to different kinds, or its type needs one that is
   *     missing
   */
  static MessageKind kind(SystemProperties system) {
    MessageKind kind = null;
    switch (system.getMessageType()) {
      case NORMAL, MESSAGE_TYPE_UNSPECIFIED -> {}
      case FIFO -> require(isGrouped(system), system, "message_group", Code.ILLEGAL_MESSAGE_GROUP);
      case DELAY ->
          require(
              system.hasDeliveryTimestamp(),
              system,
              "delivery_timestamp",
              Code.ILLEGAL_DELIVERY_TIME);
      case TRANSACTION -> kind = MessageKind.TRANSACTION;
      case PRIORITY ->
          require(
              system.hasPriority(), system, "priority", Code.MESSAGE_PROPERTY_CONFLICT_WITH_TYPE);
      case LITE -> require(isLite(system), system, "lite_topic", Code.ILLEGAL_LITE_TOPIC);
      case UNRECOGNIZED ->
          throw new Refusal(
              Code.BAD_REQUEST,
              "message_type: "
                  + system.getMessageTypeValue()
                  + " (expected: NORMAL, FIFO, DELAY, TRANSACTION, PRIORITY or LITE)");
    }
    if (isGrouped(system)) {
      kind = one(kind, MessageKind.FIFO, "message_group");
    }
    if (system.hasDeliveryTimestamp()) {
      kind = one(kind, MessageKind.DELAY, "delivery_timestamp");
    }
    if (system.hasPriority()) {
      kind = one(kind, MessageKind.PRIORITY, "priority");
    }
    if (isLite(system)) {
      kind = one(kind, MessageKind.LITE, "lite_topic");
    }
    return kind == null ? MessageKind.NORMAL : kind;
  }

  static boolean isLite(SystemProperties system) {
    return system.hasLiteTopic() && !system.getLiteTopic().isEmpty();
  }

  static boolean isGrouped(SystemProperties system) {
    return system.hasMessageGroup() && !system.getMessageGroup().isEmpty();
  }

  private static void require(boolean there, SystemProperties system, String property, Code code) {
    if (!there) {
      throw new Refusal(
          code,
          property + ": missing (expected: one, the message is " + system.getMessageType() + ")");
    }
  }

  private static MessageKind one(@Nullable MessageKind kind, MessageKind other, String property) {
    if (kind != null) {
      throw new Refusal(
          Code.MESSAGE_PROPERTY_CONFLICT_WITH_TYPE,
          property + ": makes a " + kind + " message " + other + " (expected: one kind alone)");
    }
    return other;
  }
}
