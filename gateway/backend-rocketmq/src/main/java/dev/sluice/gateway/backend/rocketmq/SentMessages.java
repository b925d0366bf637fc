package dev.sluice.gateway.backend.rocketmq;

import dev.sluice.gateway.spi.BodyEncoding;
import dev.sluice.gateway.spi.OutboundMessage;
import dev.sluice.gateway.spi.Schedule;
import dev.sluice.rocketmq.requests.MessageBody;
import dev.sluice.rocketmq.requests.PropertyNames;
import dev.sluice.rocketmq.requests.StoredMessage;
import dev.sluice.rocketmq.requests.SystemFlags;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/** Reads what was sent out of what a broker stores. */
final class SentMessages {
  private static final int CRC_BITS = 0x7FFFFFFF;
  private static final short GZIP_MAGIC = 0x1F8B;

  private SentMessages() {}

  /**
   * A body as the sender gave it.
   *
   * @param bytes read-only
   */
  record Body(ByteBuffer bytes, BodyEncoding encoding) {}

  /** The message as it was sent; its body as it is stored where nobody can read that. */
  static OutboundMessage of(StoredMessage message) {
    Body body = body(message);
    if (body == null) {
      body = new Body(((MessageBody.Undecoded) message.body()).raw(), BodyEncoding.IDENTITY);
    }
    return new OutboundMessage(
        message.topic(),
        message.messageId(),
        body.bytes(),
        body.encoding(),
        message.property(PropertyNames.TAGS),
        keys(message),
        message.property(PropertyNames.SHARDING_KEY),
        users(message),
        bornAt(message),
        bornHost(message),
        Schedule.NOW,
        priority(message));
  }

  /** The body, or null when it is in a form that nobody can read. */
  static @Nullable Body body(StoredMessage message) {
    return switch (message.body()) {
      case MessageBody.Decoded decoded -> new Body(decoded.bytes(), BodyEncoding.IDENTITY);
      case MessageBody.Undecoded undecoded ->
          isGzip(message, undecoded.raw()) ? new Body(undecoded.raw(), BodyEncoding.GZIP) : null;
    };
  }

  /** Senders of the v2 protocol compress with gzip, which the store's flags have no word for. */
  private static boolean isGzip(StoredMessage message, ByteBuffer raw) {
    if ((message.systemFlags() & SystemFlags.COMPRESSED) == 0
        || raw.remaining() < Short.BYTES
        || raw.getShort(raw.position()) != GZIP_MAGIC) {
      return false;
    }
    CRC32 crc = new CRC32();
    crc.update(raw.duplicate());
    return message.bodyCrc() == 0 || message.bodyCrc() == ((int) crc.getValue() & CRC_BITS);
  }

  static List<String> keys(StoredMessage message) {
    String text = message.property(PropertyNames.KEYS);
    if (text == null || text.isEmpty()) {
      return List.of();
    }
    return text.indexOf(' ') < 0 ? List.of(text) : List.of(text.split(" "));
  }

  /** The properties that RocketMQ gives no meaning. */
  static Map<String, String> users(StoredMessage message) {
    Map<String, String> all = message.properties();
    Map<String, String> users = null;
    for (Map.Entry<String, String> each : all.entrySet()) {
      if (!ReservedNames.contains(each.getKey())) {
        if (users == null) {
          users = HashMap.newHashMap(all.size());
        }
        users.put(each.getKey(), each.getValue());
      }
    }
    return users == null ? Map.of() : users;
  }

  static int priority(StoredMessage message) {
    String own = message.property(PropertyNames.PRIORITY);
    if (own == null) {
      return OutboundMessage.NO_PRIORITY;
    }
    try {
      return Math.max(OutboundMessage.NO_PRIORITY, Integer.parseInt(own));
    } catch (NumberFormatException e) {
      return OutboundMessage.NO_PRIORITY;
    }
  }

  static long bornAt(StoredMessage message) {
    String own = message.property(PropertyNames.BORN_TIMESTAMP);
    if (own != null) {
      try {
        return Long.parseLong(own);
      } catch (NumberFormatException e) {
        return message.bornTimestamp();
      }
    }
    return message.bornTimestamp();
  }

  static String bornHost(StoredMessage message) {
    String own = message.property(PropertyNames.BORN_HOST);
    return own != null && !own.isEmpty() ? own : text(message.bornHost());
  }

  static String text(InetSocketAddress address) {
    String host = address.getHostString();
    return host.indexOf(':') < 0
        ? host + ':' + address.getPort()
        : '[' + host + "]:" + address.getPort();
  }
}
