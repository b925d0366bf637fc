package dev.sluice.gateway.frontend.v2;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.gateway.proto.v2.Code;
import dev.sluice.gateway.proto.v2.Encoding;
import dev.sluice.gateway.proto.v2.Message;
import dev.sluice.gateway.proto.v2.SystemProperties;
import dev.sluice.gateway.spi.BodyEncoding;
import dev.sluice.gateway.spi.OutboundMessage;
import dev.sluice.gateway.spi.Schedule;
import dev.sluice.gateway.spi.Topology.MessageKind;
import dev.sluice.gateway.upstreams.Names;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Messages that callers send, checked against the protocol's limits, which are those that Apache's
 * proxy applies by default.
 *
 * @param outbound as the core sends it
 * @param kind which decides where it goes
 * @param checkAfter when the message system first asks for it; for transactions alone
 */
record Inbound(OutboundMessage outbound, MessageKind kind, Duration checkAfter) {

  static final int MAX_BODY = 4 << 20;
  private static final int MAX_PROPERTIES = 128;
  private static final int MAX_PROPERTY_BYTES = 16 << 10;
  private static final int MAX_GROUP_BYTES = 64;
  private static final int MAX_TEXT = 255;
  private static final long MAX_DELAY_MILLIS = Duration.ofHours(24).toMillis();

  /**
   * Makes the message.
   *
   * @throws Refusal where it is beyond a limit, or contradicts itself
   */
  static Inbound message(Message message) {
    SystemProperties system = message.getSystemProperties();
    String topic = ResourceNames.topic(message.getTopic());
    checkBody(message);
    checkId(system.getMessageId());
    checkBornHost(system.getBornHost());
    checkProperties(message);
    ByteBuffer body = message.getBody().asReadOnlyByteBuffer();
    BodyDigests.check(system.getBodyDigest(), body);
    MessageKind kind = MessageTypes.kind(system);
    String tag = system.hasTag() && !system.getTag().isEmpty() ? tag(system.getTag()) : null;
    var outbound =
        new OutboundMessage(
            topic,
            system.getMessageId(),
            body,
            encoding(system.getBodyEncoding()),
            tag,
            system.getKeysList(),
            shardingKey(system),
            message.getUserPropertiesMap(),
            system.hasBornTimestamp()
                ? Times.millis(system.getBornTimestamp())
                : System.currentTimeMillis(),
            system.getBornHost(),
            schedule(system),
            priority(system),
            MessageTypes.isLite(system) ? LiteTopics.checked(system.getLiteTopic()) : null);
    boolean transaction = kind == MessageKind.TRANSACTION;
    return new Inbound(
        outbound, kind, transaction ? Transactions.checkAfter(system) : Duration.ZERO);
  }

  private static void checkBody(Message message) {
    int size = message.getBody().size();
    if (size == 0) {
      throw new Refusal(
          Code.MESSAGE_BODY_EMPTY, "body: empty (expected: 1 to " + MAX_BODY + " bytes)");
    }
    if (size > MAX_BODY) {
      throw new Refusal(
          Code.MESSAGE_BODY_TOO_LARGE,
          "body: " + size + " bytes (expected: 1 to " + MAX_BODY + " bytes)");
    }
  }

  private static void checkId(String id) {
    if (id.isBlank() || id.length() > MAX_TEXT || hasControl(id)) {
      throw new Refusal(
          Code.ILLEGAL_MESSAGE_ID,
          "message_id: '"
              + Names.shown(id)
              + "' (expected: 1 to "
              + MAX_TEXT
              + " characters, none of them control characters)");
    }
  }

  private static void checkBornHost(String host) {
    if (host.length() > MAX_TEXT || hasControl(host)) {
      throw new Refusal(
          Code.BAD_REQUEST,
          "born_host: '"
              + Names.shown(host)
              + "' (expected: at most "
              + MAX_TEXT
              + " characters, none of them control characters)");
    }
  }

  private static void checkProperties(Message message) {
    Map<String, String> properties = message.getUserPropertiesMap();
    if (properties.size() > MAX_PROPERTIES) {
      throw new Refusal(
          Code.MESSAGE_PROPERTIES_TOO_LARGE,
          "user_properties: " + properties.size() + " (expected: at most " + MAX_PROPERTIES + ")");
    }
    SystemProperties system = message.getSystemProperties();
    long size = bytes(system.getTag());
    for (int i = 0; i < system.getKeysCount(); i++) {
      String key = system.getKeys(i);
      if (key.isBlank() || hasControl(key)) {
        throw new Refusal(
            Code.ILLEGAL_MESSAGE_KEY,
            "keys: '" + Names.shown(key) + "' (expected: text without control characters)");
      }
      size += bytes(key);
    }
    for (Map.Entry<String, String> property : properties.entrySet()) {
      if (property.getKey().isBlank() || hasControl(property.getKey())) {
        throw new Refusal(
            Code.ILLEGAL_MESSAGE_PROPERTY_KEY,
            "user_properties: '"
                + Names.shown(property.getKey())
                + "' (expected: a name without control characters)");
      }
      if (hasControl(property.getValue())) {
        throw new Refusal(
            Code.ILLEGAL_MESSAGE_PROPERTY_KEY,
            "user_properties: the value of '"
                + Names.shown(property.getKey())
                + "' (expected: no control characters)");
      }
      size += bytes(property.getKey()) + bytes(property.getValue());
    }
    if (size > MAX_PROPERTY_BYTES) {
      throw new Refusal(
          Code.MESSAGE_PROPERTIES_TOO_LARGE,
          "user_properties, tag and keys: "
              + size
              + " bytes (expected: at most "
              + MAX_PROPERTY_BYTES
              + ")");
    }
  }

  private static String tag(String tag) {
    if (tag.isBlank() || tag.indexOf('|') >= 0 || hasControl(tag)) {
      throw new Refusal(
          Code.ILLEGAL_MESSAGE_TAG,
          "tag: '" + Names.shown(tag) + "' (expected: text without | and control characters)");
    }
    return tag;
  }

  private static BodyEncoding encoding(Encoding encoding) {
    return switch (encoding) {
      case GZIP -> BodyEncoding.GZIP;
      case IDENTITY, ENCODING_UNSPECIFIED -> BodyEncoding.IDENTITY;
      case UNRECOGNIZED ->
          throw new Refusal(
              Code.BAD_REQUEST, "body_encoding: unknown (expected: IDENTITY or GZIP)");
    };
  }

  private static @Nullable String shardingKey(SystemProperties system) {
    if (!MessageTypes.isGrouped(system)) {
      return null;
    }
    String group = system.getMessageGroup();
    int size = bytes(group);
    if (group.isBlank() || size >= MAX_GROUP_BYTES || hasControl(group)) {
      throw new Refusal(
          Code.ILLEGAL_MESSAGE_GROUP,
          "message_group: '"
              + Names.shown(group)
              + "', "
              + size
              + " bytes (expected: 1 to "
              + (MAX_GROUP_BYTES - 1)
              + " bytes without control characters)");
    }
    return group;
  }

  private static Schedule schedule(SystemProperties system) {
    if (!system.hasDeliveryTimestamp()) {
      return Schedule.NOW;
    }
    long at = Times.millis(system.getDeliveryTimestamp());
    long now = System.currentTimeMillis();
    if (at - now > MAX_DELAY_MILLIS) {
      throw new Refusal(
          Code.ILLEGAL_DELIVERY_TIME,
          "delivery_timestamp: "
              + (at - now)
              + " ms from now (expected: at most "
              + MAX_DELAY_MILLIS
              + ")");
    }
    return at <= now ? Schedule.NOW : new Schedule.At(at);
  }

  private static int priority(SystemProperties system) {
    if (!system.hasPriority()) {
      return OutboundMessage.NO_PRIORITY;
    }
    if (system.getPriority() < 0) {
      throw new Refusal(
          Code.BAD_REQUEST, "priority: " + system.getPriority() + " (expected: 0 or more)");
    }
    return system.getPriority();
  }

  private static int bytes(String text) {
    return text.getBytes(UTF_8).length;
  }

  private static boolean hasControl(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isISOControl(text.charAt(i))) {
        return true;
      }
    }
    return false;
  }
}
