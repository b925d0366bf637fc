package dev.sluice.rocketmq.wire;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reads a command's header in its binary form. */
final class BinaryHeader {
  private final ByteBuf in;
  private final int end;
  private final int maxFields;

  private BinaryHeader(ByteBuf in, int length, int maxFields) {
    this.in = in;
    this.end = in.readerIndex() + length;
    this.maxFields = maxFields;
  }

  /** Reads exactly this many bytes, which must be there. */
  static RemotingCommand read(ByteBuf in, int length, ByteBuffer body, int maxFields) {
    return new BinaryHeader(in, length, maxFields).read(body);
  }

  private RemotingCommand read(ByteBuffer body) {
    need(2 + 1 + 2 + 4 + 4, "fixed part");
    int code = in.readShort();
    Language language = Language.ofNumber(in.readByte());
    int version = in.readShort();
    int opaque = in.readInt();
    int flags = in.readInt();
    String remark = text(length32("remark"));
    Fields fields = fields();
    return new RemotingCommand(code, language, version, opaque, flags, remark, fields, body);
  }

  private Fields fields() {
    int length = length32("header fields");
    if (length != end - in.readerIndex()) {
      throw WireException.malformed(
          "header fields: "
              + length
              + " bytes (expected: the rest of the header, "
              + (end - in.readerIndex())
              + ")");
    }
    Fields.Builder fields = Fields.builder();
    while (in.readerIndex() < end) {
      if (fields.size() == maxFields) {
        throw WireException.limit("header fields: more than " + maxFields);
      }
      need(2, "header field name");
      int nameLength = in.readUnsignedShort();
      need(nameLength, "header field name");
      String name = text(nameLength);
      String value = text(length32("header field value"));
      if (name != null) {
        fields.field(name, value == null ? "" : value);
      }
    }
    return fields.build();
  }

  private @Nullable String text(int length) {
    return length == 0 ? null : in.readCharSequence(length, StandardCharsets.UTF_8).toString();
  }

  private int length32(String what) {
    need(4, what);
    int length = in.readInt();
    if (length < 0) {
      throw WireException.malformed(what + ": length " + length + " (expected: at least 0)");
    }
    need(length, what);
    return length;
  }

  private void need(int bytes, String what) {
    int left = end - in.readerIndex();
    if (bytes > left) {
      throw WireException.malformed(
          what + ": " + bytes + " bytes (expected: at most the " + left + " left of the header)");
    }
  }
}
