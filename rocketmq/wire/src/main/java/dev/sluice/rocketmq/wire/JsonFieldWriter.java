package dev.sluice.rocketmq.wire;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** Writes header fields as the members of a JSON object whose values are all strings. */
final class JsonFieldWriter implements FieldWriter {
  private final ByteBuf out;
  private boolean first = true;

  JsonFieldWriter(ByteBuf out) {
    this.out = out;
  }

  @Override
  public FieldWriter field(String name, @Nullable String value) {
    if (value != null) {
      name(name);
      JsonText.string(out, value);
    }
    return this;
  }

  @Override
  public FieldWriter field(String name, long value) {
    name(name);
    out.writeByte('"');
    JsonText.number(out, value);
    out.writeByte('"');
    return this;
  }

  @Override
  public FieldWriter field(String name, boolean value) {
    name(name);
    JsonText.ascii(out, value ? "\"true\"" : "\"false\"");
    return this;
  }

  private void name(String name) {
    if (!first) {
      out.writeByte(',');
    }
    first = false;
    JsonText.string(out, name);
    out.writeByte(':');
  }
}
