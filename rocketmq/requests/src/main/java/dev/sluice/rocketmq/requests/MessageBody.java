package dev.sluice.rocketmq.requests;

import dev.sluice.rocketmq.wire.WireException;
import java.nio.ByteBuffer;

/**
 * The body of a stored message. A body that cannot be read is still there, so that its message can
 * be kept, moved or shown instead of being lost. Buffers are read-only; take {@link
 * ByteBuffer#duplicate()} before reading.
 */
public sealed interface MessageBody {
  /** Why a body cannot be read. */
  enum Problem {
    /** Compressed in a way that is not known, or that this machine has no library for. */
    UNSUPPORTED_COMPRESSION,
    /** Compressed, and larger than the limit when it is not. */
    TOO_LARGE,
    /** Its checksum or its compression does not fit its bytes. */
    CORRUPT
  }

  /**
   * The body as the sender gave it.
   *
   * @param bytes the content, decompressed
   */
  record Decoded(ByteBuffer bytes) implements MessageBody {}

  /**
   * A body that could not be turned into what the sender gave.
   *
   * @param problem what is wrong
   * @param detail what was found and what was expected, for people
   * @param raw the bytes as they were stored
   */
  record Undecoded(Problem problem, String detail, ByteBuffer raw) implements MessageBody {}

  /**
   * The content.
   *
   * @throws WireException when it cannot be read
   */
  default ByteBuffer require() {
    return switch (this) {
      case Decoded decoded -> decoded.bytes();
      case Undecoded undecoded ->
          throw WireException.malformed(
              "message body: " + undecoded.problem() + ": " + undecoded.detail());
    };
  }
}
