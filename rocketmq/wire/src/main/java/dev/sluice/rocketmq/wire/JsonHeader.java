package dev.sluice.rocketmq.wire;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Reads a command's header in its JSON form. */
final class JsonHeader implements LenientJson.Reader<RemotingCommand> {
  private final ByteBuffer body;
  private final int maxFields;

  private JsonHeader(ByteBuffer body, int maxFields) {
    this.body = body;
    this.maxFields = maxFields;
  }

  static RemotingCommand read(
      byte[] bytes, int offset, int length, ByteBuffer body, int maxFields) {
    RemotingCommand plain = PlainJsonHeader.read(bytes, offset, length, body, maxFields);
    return plain != null ? plain : readAny(bytes, offset, length, body, maxFields);
  }

  /** Reads it whatever it looks like. */
  static RemotingCommand readAny(
      byte[] bytes, int offset, int length, ByteBuffer body, int maxFields) {
    return LenientJson.object(
        "command header", bytes, offset, length, new JsonHeader(body, maxFields));
  }

  @Override
  public RemotingCommand read(JsonParser in) throws IOException {
    Integer code = null;
    Integer opaque = null;
    Language language = Language.OTHER;
    int version = 0;
    int flags = 0;
    String remark = null;
    Fields fields = Fields.empty();
    for (String name = LenientJson.nextMember(in);
        name != null;
        name = LenientJson.nextMember(in)) {
      switch (name) {
        case "code" -> code = LenientJson.integer(name, in, 0);
        case "opaque" -> opaque = LenientJson.integer(name, in, 0);
        case "language" -> language = Language.ofName(LenientJson.textOr(name, in, ""));
        case "version" -> version = LenientJson.integer(name, in, 0);
        case "flag" -> flags = LenientJson.integer(name, in, 0);
        case "remark" -> remark = LenientJson.text(name, in);
        case "extFields" -> fields = fields(in);
        default -> in.skipChildren();
      }
    }
    return new RemotingCommand(
        present("code", code),
        language,
        version,
        present("opaque", opaque),
        flags,
        remark,
        fields,
        body);
  }

  private static int present(String name, @Nullable Integer value) {
    if (value == null) {
      throw WireException.malformed("command header: no " + name + " (expected: a number)");
    }
    return value;
  }

  private Fields fields(JsonParser in) throws IOException {
    if (!LenientJson.starts(JsonToken.START_OBJECT, "extFields", in)) {
      return Fields.empty();
    }
    Fields.Builder fields = Fields.builder();
    for (String name = LenientJson.nextMember(in);
        name != null;
        name = LenientJson.nextMember(in)) {
      if (fields.size() == maxFields) {
        throw WireException.limit("header fields: more than " + maxFields);
      }
      fields.field(name, LenientJson.text(name, in));
    }
    return fields.build();
  }
}
