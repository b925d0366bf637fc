package dev.sluice.gateway.backend.rocketmq;

import dev.sluice.gateway.spi.BodyEncoding;
import dev.sluice.gateway.spi.Delivery;
import dev.sluice.gateway.spi.QueueId;
import dev.sluice.rocketmq.requests.MessageBody;
import dev.sluice.rocketmq.requests.PoppedMessage;
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

/** Makes the gateway's deliveries of the messages of one pop. Not for several threads. */
final class Deliveries {
  private static final int CRC_BITS = 0x7FFFFFFF;
  private static final short GZIP_MAGIC = 0x1F8B;

  private final long visibleAgainAt;
  private @Nullable InetSocketAddress lastStoreHost;
  private String lastStoreHostText = "";

  /**
   * Deliveries of an answer that has just come.
   *
   * @param visibleAgainAt when they come again, by this machine's clock: the broker's may differ
   */
  Deliveries(long visibleAgainAt) {
    this.visibleAgainAt = visibleAgainAt;
  }

  /** The delivery of a popped message, or null when its body is in a form that nobody can read. */
  @Nullable Delivery of(PoppedMessage popped) {
    StoredMessage message = popped.message();
    BodyEncoding encoding = BodyEncoding.IDENTITY;
    ByteBuffer body;
    switch (message.body()) {
      case MessageBody.Decoded decoded -> body = decoded.bytes();
      case MessageBody.Undecoded undecoded -> {
        if (!isGzip(message, undecoded.raw())) {
          return null;
        }
        encoding = BodyEncoding.GZIP;
        body = undecoded.raw();
      }
    }
    return new Delivery(
        popped.topic(),
        message.messageId(),
        body,
        encoding,
        message.property(PropertyNames.TAGS),
        keys(message.property(PropertyNames.KEYS)),
        message.property(PropertyNames.SHARDING_KEY),
        users(message.properties()),
        bornAt(message),
        bornHost(message),
        message.storeTimestamp(),
        storeHost(message.storeHost()),
        new QueueId(popped.handle().brokerName(), message.queueId()),
        message.queueOffset(),
        popped.deliveryAttempt(),
        popped.handle().encode(),
        visibleAgainAt);
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

  private static List<String> keys(@Nullable String text) {
    if (text == null || text.isEmpty()) {
      return List.of();
    }
    return text.indexOf(' ') < 0 ? List.of(text) : List.of(text.split(" "));
  }

  private static Map<String, String> users(Map<String, String> all) {
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

  private static long bornAt(StoredMessage message) {
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

  private static String bornHost(StoredMessage message) {
    String own = message.property(PropertyNames.BORN_HOST);
    return own != null && !own.isEmpty() ? own : text(message.bornHost());
  }

  private String storeHost(InetSocketAddress host) {
    if (!host.equals(lastStoreHost)) {
      lastStoreHost = host;
      lastStoreHostText = text(host);
    }
    return lastStoreHostText;
  }

  private static String text(InetSocketAddress address) {
    String host = address.getHostString();
    return host.indexOf(':') < 0
        ? host + ':' + address.getPort()
        : '[' + host + "]:" + address.getPort();
  }
}
