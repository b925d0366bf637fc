package dev.sluice.rocketmq.requests;

import dev.sluice.rocketmq.wire.Texts;
import dev.sluice.rocketmq.wire.WireException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.HexFormat;

/** The id that a broker gives a message: its address, port and log position, in hexadecimal. */
public final class OffsetMessageId {
  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  private OffsetMessageId() {}

  /** The id: 32 characters for an IPv4 address, 56 for an IPv6 one. */
  public static String of(InetSocketAddress broker, long commitLogOffset) {
    if (broker.isUnresolved()) {
      throw WireException.invalid("broker address: " + broker + " (expected: an IP address)");
    }
    byte[] address = broker.getAddress().getAddress();
    ByteBuffer bytes = ByteBuffer.allocate(address.length + 12);
    bytes.put(address).putInt(broker.getPort()).putLong(commitLogOffset);
    return HEX.formatHex(bytes.array());
  }

  /**
   * The log position in an id.
   *
   * @throws WireException when it is not 32 or 56 hexadecimal characters
   */
  public static long commitLogOffset(String id) {
    if (id.length() != 32 && id.length() != 56) {
      throw WireException.malformed(
          "offset message id: " + Texts.quote(id) + " (expected: 32 or 56 hexadecimal characters)");
    }
    try {
      return HexFormat.fromHexDigitsToLong(id, id.length() - 16, id.length());
    } catch (NumberFormatException e) {
      throw WireException.malformed(
          "offset message id: " + Texts.quote(id) + " (expected: hexadecimal characters)", e);
    }
  }
}
