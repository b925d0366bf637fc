package dev.sluice.rocketmq.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import org.jspecify.annotations.Nullable;

/** Writes header fields as length-prefixed strings: 16 bits for a name, 32 for a value. */
final class BinaryFieldWriter implements FieldWriter {
  private final ByteBuf out;

  BinaryFieldWriter(ByteBuf out) {
    this.out = out;
  }

  @Override
  public FieldWriter field(String name, @Nullable String value) {
    if (value != null) {
      name(name);
      int length = length();
      out.setInt(length, ByteBufUtil.writeUtf8(out, value));
    }
    return this;
  }

  @Override
  public FieldWriter field(String name, long value) {
    name(name);
    int length = length();
    out.setInt(length, JsonText.number(out, value));
    return this;
  }

  @Override
  public FieldWriter field(String name, boolean value) {
    name(name);
    int length = length();
    out.setInt(length, ByteBufUtil.writeAscii(out, value ? "true" : "false"));
    return this;
  }

  private int length() {
    int index = out.writerIndex();
    out.writeInt(0);
    return index;
  }

  private void name(String name) {
    int index = out.writerIndex();
    out.writeShort(0);
    int length = ByteBufUtil.writeUtf8(out, name);
    if (length > Short.MAX_VALUE) {
      throw WireException.invalid(
          "header field name: " + length + " bytes (expected: at most " + Short.MAX_VALUE + ")");
    }
    out.setShort(index, length);
  }
}
