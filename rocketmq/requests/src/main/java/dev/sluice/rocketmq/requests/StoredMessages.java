package dev.sluice.rocketmq.requests;

import dev.sluice.rocketmq.wire.WireException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Reads the messages in the body of an answer to a pop or pull, one behind the other.
 *
 * <p>Bodies that are not compressed are views of the given buffer, which must not change
 * afterwards; one message that is kept keeps them all, so that a holder of few for long should copy
 * them.
 */
public final class StoredMessages {
  /** How many bytes all bodies of one answer may have when they are decompressed. */
  public static final int DEFAULT_MAX_INFLATED_BYTES = 64 << 20;

  static final int MAGIC_V1 = 0xDAA320A7;
  static final int MAGIC_V2 = 0xDAA320AB;

  private static final int SMALLEST = 91;
  private static final int MAX_PORT = 0xFFFF;

  private StoredMessages() {}

  /** Reads all messages with the default limit on decompressed bodies. */
  public static List<StoredMessage> decode(ByteBuffer in) {
    return decode(in, DEFAULT_MAX_INFLATED_BYTES);
  }

  /**
   * Reads all messages from the buffer's position to its limit; the buffer's own position stays.
   *
   * @param maxInflatedBytes how many bytes all compressed bodies together may have when they are
   *     decompressed; one that would go beyond stays as it is and says so
   * @throws WireException when the bytes are not messages
   */
  public static List<StoredMessage> decode(ByteBuffer in, int maxInflatedBytes) {
    List<StoredMessage> messages = new ArrayList<>();
    StoredBodies bodies = new StoredBodies(maxInflatedBytes);
    int position = in.position();
    while (position < in.limit()) {
      int left = in.limit() - position;
      int size = left < 4 ? left : in.getInt(position);
      if (size < SMALLEST || size > left) {
        throw WireException.malformed(
            "size of message "
                + messages.size()
                + ": "
                + size
                + " (expected: "
                + SMALLEST
                + " to the "
                + left
                + " bytes left)");
      }
      try {
        messages.add(message(in.slice(position, size), bodies));
      } catch (BufferUnderflowException e) {
        throw WireException.malformed(
            "message " + messages.size() + ": a length inside leads beyond its " + size + " bytes",
            e);
      }
      position += size;
    }
    return messages;
  }

  private static StoredMessage message(ByteBuffer in, StoredBodies bodies) {
    in.getInt();
    int magic = in.getInt();
    if (magic != MAGIC_V1 && magic != MAGIC_V2) {
      throw WireException.malformed(
          "magic of a message: "
              + Integer.toHexString(magic)
              + " (expected: daa320a7 or daa320ab)");
    }
    int crc = in.getInt();
    int queueId = in.getInt();
    int flag = in.getInt();
    long queueOffset = in.getLong();
    long commitLogOffset = in.getLong();
    int systemFlags = in.getInt();
    long bornTimestamp = in.getLong();
    InetSocketAddress bornHost = address(in, (systemFlags & SystemFlags.BORN_HOST_V6) != 0);
    long storeTimestamp = in.getLong();
    InetSocketAddress storeHost = address(in, (systemFlags & SystemFlags.STORE_HOST_V6) != 0);
    int reconsumeTimes = in.getInt();
    long preparedTransactionOffset = in.getLong();
    MessageBody body = bodies.read(take(in, in.getInt()), systemFlags, crc);
    int topicLength = magic == MAGIC_V1 ? Byte.toUnsignedInt(in.get()) : in.getShort();
    String topic = text(in, topicLength);
    Map<String, String> properties = MessageProperties.decode(text(in, in.getShort()));
    return new StoredMessage(
        topic,
        queueId,
        queueOffset,
        commitLogOffset,
        systemFlags,
        flag,
        bornTimestamp,
        bornHost,
        storeTimestamp,
        storeHost,
        reconsumeTimes,
        preparedTransactionOffset,
        crc,
        properties,
        body);
  }

  private static ByteBuffer take(ByteBuffer in, int length) {
    if (length < 0 || length > in.remaining()) {
      throw new BufferUnderflowException();
    }
    ByteBuffer part = in.slice(in.position(), length);
    in.position(in.position() + length);
    return part.isReadOnly() ? part : part.asReadOnlyBuffer();
  }

  private static String text(ByteBuffer in, int length) {
    if (length < 0 || length > in.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] bytes = new byte[length];
    in.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static InetSocketAddress address(ByteBuffer in, boolean v6) {
    byte[] bytes = new byte[v6 ? 16 : 4];
    in.get(bytes);
    int port = in.getInt();
    if (port < 0 || port > MAX_PORT) {
      throw WireException.malformed("port of a message: " + port + " (expected: 0 to 65535)");
    }
    try {
      return new InetSocketAddress(InetAddress.getByAddress(bytes), port);
    } catch (UnknownHostException e) {
      throw new AssertionError("an address of " + bytes.length + " bytes", e);
    }
  }
}
