package dev.sluice.rocketmq.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;

/** Writes JSON strings and numbers straight into a buffer. */
final class JsonText {
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final int MAX_DIGITS = 20;

  private JsonText() {}

  /** Writes a string with its quotes. Runs without escapes are encoded in one go. */
  static void string(ByteBuf out, CharSequence value) {
    int length = value.length();
    out.ensureWritable(length + 2);
    out.writeByte('"');
    int start = 0;
    for (int i = 0; i < length; i++) {
      char c = value.charAt(i);
      if (c < ' ' || c == '"' || c == '\\') {
        if (i > start) {
          ByteBufUtil.writeUtf8(out, value, start, i);
        }
        escape(out, c);
        start = i + 1;
      }
    }
    if (length > start) {
      ByteBufUtil.writeUtf8(out, value, start, length);
    }
    out.writeByte('"');
  }

  private static void escape(ByteBuf out, char c) {
    if (c >= ' ') {
      out.writeShort('\\' << 8 | c);
    } else {
      out.writeInt('\\' << 24 | 'u' << 16 | '0' << 8 | '0');
      out.writeShort(HEX[c >> 4] << 8 | HEX[c & 0xF]);
    }
  }

  /** Writes a text that is known to be plain ASCII without anything to escape, no quotes added. */
  static void ascii(ByteBuf out, CharSequence value) {
    ByteBufUtil.writeAscii(out, value);
  }

  /** Writes a number in decimal digits and returns how many bytes that took. */
  static int number(ByteBuf out, long value) {
    if (value == Long.MIN_VALUE) {
      return ByteBufUtil.writeAscii(out, Long.toString(value));
    }
    out.ensureWritable(MAX_DIGITS);
    int start = out.writerIndex();
    long rest = value;
    int length = 0;
    if (rest < 0) {
      out.setByte(start, '-');
      rest = -rest;
      length = 1;
    }
    length += digits(rest);
    int at = start + length;
    do {
      long tenth = rest / 10;
      out.setByte(--at, (int) (rest - tenth * 10) + '0');
      rest = tenth;
    } while (rest != 0);
    out.writerIndex(start + length);
    return length;
  }

  private static int digits(long positive) {
    int digits = 1;
    for (long bound = 10; digits < 19 && positive >= bound; bound *= 10) {
      digits++;
    }
    return digits;
  }
}
