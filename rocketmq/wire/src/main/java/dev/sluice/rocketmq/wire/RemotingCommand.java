package dev.sluice.rocketmq.wire;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One command as it travels in one frame: a request, or the answer to one. Immutable.
 *
 * @param code a {@link RequestCode} in a request, a {@link ResponseCode} in an answer
 * @param language the language of the sender
 * @param version the sender's version, as RocketMQ numbers its releases
 * @param opaque names the request; its answer carries the same number
 * @param flags bit 0: this is an answer; bit 1: no answer is wanted
 * @param remark a text for people, mostly with an error
 * @param fields the command's own header fields
 * @param body the body, empty when there is none; a view of a heap array that nobody writes to. Its
 *     position is shared by all readers: take {@link ByteBuffer#duplicate()} before reading.
 */
public record RemotingCommand(
    int code,
    Language language,
    int version,
    int opaque,
    int flags,
    @Nullable String remark,
    Fields fields,
    ByteBuffer body) {

  /** In {@link #flags()}: this is an answer. */
  public static final int RESPONSE_FLAG = 1;

  /** In {@link #flags()}: no answer is wanted. */
  public static final int ONE_WAY_FLAG = 1 << 1;

  /** The version that Sluice gives as its own: that of RocketMQ 5.5.0. */
  public static final int VERSION = 513;

  static final ByteBuffer NO_BODY = ByteBuffer.allocate(0).asReadOnlyBuffer();

  /** Makes sure that readers cannot change the body. */
  public RemotingCommand {
    body = body.isReadOnly() ? body : body.asReadOnlyBuffer();
  }

  /** A request without a body. */
  public static RemotingCommand request(int code, int opaque, Fields fields) {
    return request(code, opaque, fields, NO_BODY);
  }

  /** A request with a body. */
  public static RemotingCommand request(int code, int opaque, Fields fields, ByteBuffer body) {
    return new RemotingCommand(code, Language.JAVA, VERSION, opaque, 0, null, fields, body);
  }

  /** An answer to the request with this number. */
  public static RemotingCommand response(
      int code, int opaque, @Nullable String remark, Fields fields, ByteBuffer body) {
    return new RemotingCommand(
        code, Language.JAVA, VERSION, opaque, RESPONSE_FLAG, remark, fields, body);
  }

  /** Whether this is an answer. */
  public boolean isResponse() {
    return (flags & RESPONSE_FLAG) != 0;
  }

  /** Whether no answer is wanted. */
  public boolean isOneWay() {
    return (flags & ONE_WAY_FLAG) != 0;
  }

  /**
   * This answer, when it says {@link ResponseCode#SUCCESS}.
   *
   * @param requestCode what was asked, for the error
   * @throws RefusedException when it says anything else
   */
  public RemotingCommand requireSuccess(int requestCode) {
    if (code != ResponseCode.SUCCESS) {
      throw new RefusedException(requestCode, code, remark);
    }
    return this;
  }

  /** The command as people read it; of the body only its size. */
  @Override
  public String toString() {
    return (isResponse() ? ResponseCode.name(code) : RequestCode.name(code))
        + (isResponse() ? " answers #" : " #")
        + opaque
        + (remark == null ? "" : " " + Texts.quote(remark))
        + " "
        + fields
        + " and "
        + body.remaining()
        + " bytes";
  }
}
