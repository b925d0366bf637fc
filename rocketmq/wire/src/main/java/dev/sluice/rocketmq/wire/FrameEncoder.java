package dev.sluice.rocketmq.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import org.jspecify.annotations.Nullable;

/**
 * Writes commands as frames: four bytes for the length of what follows, one byte for the header's
 * form, three for its length, the header, the body. Nothing is built in between: fields go straight
 * into the output buffer.
 *
 * <p>Stateless, for any number of threads. When a method throws, the output buffer's writer index
 * is where it was.
 */
public final class FrameEncoder {
  private static final int PREFIX = 8;

  private final HeaderForm form;
  private final Language language;

  /** Writes headers in this form, where the request code allows it. */
  public FrameEncoder(HeaderForm form) {
    this(form, Language.JAVA);
  }

  /** Writes headers in this form, where the request code allows it, with this language. */
  public FrameEncoder(HeaderForm form, Language language) {
    this.form = form;
    this.language = language;
  }

  /**
   * Writes a request as one frame.
   *
   * @param opaque what its answer will carry
   * @param oneWay whether no answer is wanted
   */
  public void encode(Request<?> request, int opaque, boolean oneWay, ByteBuf out) {
    int start = out.writerIndex();
    int bodyLength = request.bodyLength();
    encodeHeader(request, opaque, oneWay, bodyLength, out);
    int bodyStart = out.writerIndex();
    try {
      request.writeBody(out);
      if (out.writerIndex() - bodyStart != bodyLength) {
        throw WireException.invalid(
            "body of "
                + RequestCode.name(request.code())
                + ": "
                + (out.writerIndex() - bodyStart)
                + " bytes (expected: "
                + bodyLength
                + ")");
      }
    } catch (RuntimeException e) {
      out.writerIndex(start);
      throw e;
    }
  }

  /**
   * Writes a request's frame up to its body, so that the body can follow as a buffer of its own.
   *
   * @param bodyLength how many bytes the caller writes behind it
   */
  public void encodeHeader(
      Request<?> request, int opaque, boolean oneWay, int bodyLength, ByteBuf out) {
    int start = out.writerIndex();
    try {
      out.writeLong(0);
      int flags = oneWay ? RemotingCommand.ONE_WAY_FLAG : 0;
      HeaderForm used = formFor(request.code(), RemotingCommand.VERSION);
      if (used == HeaderForm.JSON) {
        beginJson(request.code(), language, RemotingCommand.VERSION, opaque, flags, null, out);
        request.writeFields(new JsonFieldWriter(out));
        endJson(out);
      } else {
        int fields =
            beginBinary(
                request.code(), language, RemotingCommand.VERSION, opaque, flags, null, out);
        request.writeFields(new BinaryFieldWriter(out));
        endBinary(fields, out);
      }
      prefix(start, used, bodyLength, out);
    } catch (RuntimeException e) {
      out.writerIndex(start);
      throw e;
    }
  }

  /** Writes a command, its body included, as one frame. */
  public void encode(RemotingCommand command, ByteBuf out) {
    encodeHeader(command, command.body().remaining(), out);
    out.writeBytes(command.body().duplicate());
  }

  /**
   * Writes a command's frame up to its body, so that the body can follow as a buffer of its own.
   *
   * @param bodyLength how many bytes the caller writes behind it; the command's own body is ignored
   */
  public void encodeHeader(RemotingCommand command, int bodyLength, ByteBuf out) {
    int start = out.writerIndex();
    try {
      out.writeLong(0);
      HeaderForm used = formFor(command.code(), command.version());
      if (used == HeaderForm.JSON) {
        beginJson(
            command.code(),
            command.language(),
            command.version(),
            command.opaque(),
            command.flags(),
            command.remark(),
            out);
        write(command.fields(), new JsonFieldWriter(out));
        endJson(out);
      } else {
        int fields =
            beginBinary(
                command.code(),
                command.language(),
                command.version(),
                command.opaque(),
                command.flags(),
                command.remark(),
                out);
        write(command.fields(), new BinaryFieldWriter(out));
        endBinary(fields, out);
      }
      prefix(start, used, bodyLength, out);
    } catch (RuntimeException e) {
      out.writerIndex(start);
      throw e;
    }
  }

  private HeaderForm formFor(int code, int version) {
    return fitsShort(code) && fitsShort(version) ? form : HeaderForm.JSON;
  }

  private static boolean fitsShort(int value) {
    return value == (short) value;
  }

  private static void write(Fields fields, FieldWriter out) {
    for (int i = 0; i < fields.size(); i++) {
      out.field(fields.name(i), fields.value(i));
    }
  }

  private static void beginJson(
      int code,
      Language language,
      int version,
      int opaque,
      int flags,
      @Nullable String remark,
      ByteBuf out) {
    JsonText.ascii(out, "{\"code\":");
    JsonText.number(out, code);
    JsonText.ascii(out, ",\"language\":\"");
    JsonText.ascii(out, language.name());
    JsonText.ascii(out, "\",\"version\":");
    JsonText.number(out, version);
    JsonText.ascii(out, ",\"opaque\":");
    JsonText.number(out, opaque);
    JsonText.ascii(out, ",\"flag\":");
    JsonText.number(out, flags);
    if (remark != null) {
      JsonText.ascii(out, ",\"remark\":");
      JsonText.string(out, remark);
    }
    JsonText.ascii(out, ",\"serializeTypeCurrentRPC\":\"JSON\",\"extFields\":{");
  }

  private static void endJson(ByteBuf out) {
    out.writeShort('}' << 8 | '}');
  }

  private static int beginBinary(
      int code,
      Language language,
      int version,
      int opaque,
      int flags,
      @Nullable String remark,
      ByteBuf out) {
    out.writeShort(code);
    out.writeByte(language.number());
    out.writeShort(version);
    out.writeInt(opaque);
    out.writeInt(flags);
    int remarkLength = out.writerIndex();
    out.writeInt(0);
    if (remark != null) {
      out.setInt(remarkLength, ByteBufUtil.writeUtf8(out, remark));
    }
    int fields = out.writerIndex();
    out.writeInt(0);
    return fields;
  }

  private static void endBinary(int fields, ByteBuf out) {
    out.setInt(fields, out.writerIndex() - fields - 4);
  }

  private static void prefix(int start, HeaderForm form, int bodyLength, ByteBuf out) {
    int headerLength = out.writerIndex() - start - PREFIX;
    if (headerLength > FrameLimits.LARGEST_HEADER) {
      throw WireException.limit(
          "header: "
              + headerLength
              + " bytes (expected: at most "
              + FrameLimits.LARGEST_HEADER
              + ")");
    }
    if (bodyLength < 0 || bodyLength > Integer.MAX_VALUE - headerLength - PREFIX) {
      throw WireException.limit(
          "body length: " + bodyLength + " (expected: 0 to what fits a frame)");
    }
    out.setInt(start, 4 + headerLength + bodyLength);
    out.setInt(start + 4, form.number() << 24 | headerLength);
  }
}
