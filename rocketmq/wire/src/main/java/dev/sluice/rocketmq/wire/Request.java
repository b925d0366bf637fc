package dev.sluice.rocketmq.wire;

import io.netty.buffer.ByteBuf;

/**
 * A request to a broker or name server: how it is written, and how its answer is read. Immutable,
 * so that one can be written again on another connection.
 *
 * @param <R> what a successful answer says
 */
public interface Request<R> {
  /** The request code; see {@link RequestCode}. */
  int code();

  /** Writes the header fields of this request. */
  void writeFields(FieldWriter out);

  /** The size of the body in bytes; 0 when there is none. */
  default int bodyLength() {
    return 0;
  }

  /** Writes exactly {@link #bodyLength()} bytes. */
  default void writeBody(ByteBuf out) {}

  /**
   * Reads the answer.
   *
   * @throws RefusedException for a response code that does not count as success
   * @throws WireException for an answer that breaks the protocol
   */
  R read(RemotingCommand response);
}
