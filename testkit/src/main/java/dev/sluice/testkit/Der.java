package dev.sluice.testkit;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** As much of the encoding of ITU-T X.690 as certificates need. */
final class Der {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);

  private Der() {}

  static byte[] sequence(byte[]... parts) {
    return tagged(0x30, concat(parts));
  }

  static byte[] set(byte[]... parts) {
    return tagged(0x31, concat(parts));
  }

  /** What has an explicit tag of its context, constructed. */
  static byte[] context(int number, byte[] content) {
    return tagged(0xa0 | number, content);
  }

  /** What has an implicit tag of its context, primitive. */
  static byte[] primitive(int number, byte[] content) {
    return tagged(0x80 | number, content);
  }

  static byte[] integer(long value) {
    return tagged(2, BigInteger.valueOf(value).toByteArray());
  }

  static byte[] bool(boolean value) {
    return tagged(1, new byte[] {(byte) (value ? 0xff : 0)});
  }

  static byte[] octets(byte[] content) {
    return tagged(4, content);
  }

  static byte[] bits(byte[] content) {
    return tagged(3, concat(new byte[] {0}, content));
  }

  static byte[] text(String text) {
    return tagged(12, text.getBytes(StandardCharsets.UTF_8));
  }

  static byte[] time(Instant time) {
    return tagged(24, TIME.format(time).getBytes(StandardCharsets.US_ASCII));
  }

  /** An object identifier, such as {@code 2.5.29.17}. */
  static byte[] oid(String dotted) {
    String[] arcs = dotted.split("\\.", -1);
    var bytes = new ByteArrayOutputStream();
    bytes.write(40 * Integer.parseInt(arcs[0]) + Integer.parseInt(arcs[1]));
    for (int i = 2; i < arcs.length; i++) {
      int arc = Integer.parseInt(arcs[i]);
      for (int shift = 28; shift > 0; shift -= 7) {
        if (arc >>> shift != 0) {
          bytes.write(0x80 | (arc >>> shift & 0x7f));
        }
      }
      bytes.write(arc & 0x7f);
    }
    return tagged(6, bytes.toByteArray());
  }

  private static byte[] tagged(int tag, byte[] content) {
    var bytes = new ByteArrayOutputStream();
    bytes.write(tag);
    if (content.length < 0x80) {
      bytes.write(content.length);
    } else if (content.length < 0x100) {
      bytes.write(0x81);
      bytes.write(content.length);
    } else {
      bytes.write(0x82);
      bytes.write(content.length >>> 8);
      bytes.write(content.length);
    }
    bytes.writeBytes(content);
    return bytes.toByteArray();
  }

  private static byte[] concat(byte[]... parts) {
    var bytes = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      bytes.writeBytes(part);
    }
    return bytes.toByteArray();
  }
}
