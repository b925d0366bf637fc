package dev.sluice.rocketmq.requests;

import java.nio.ByteBuffer;

/**
 * A way in which senders compress bodies. What is compressed comes from anybody: no answer takes
 * more memory than a few times the limit, and none is an exception. For any thread.
 */
sealed interface Compression permits ZlibCompression, Lz4Compression, ZstdCompression {
  /** What became of a body. */
  sealed interface Result {
    /**
     * It was expanded.
     *
     * @param bytes the content, read-only
     */
    record Content(ByteBuffer bytes) implements Result {}

    /** Its content has more bytes than the limit. */
    record TooLarge() implements Result {}

    /**
     * Its bytes are not of this kind.
     *
     * @param detail what was found, for people
     */
    record Corrupt(String detail) implements Result {}

    /**
     * It cannot be expanded on this machine, whatever it is.
     *
     * @param detail why, for people
     */
    record Unavailable(String detail) implements Result {}
  }

  /**
   * Expands a body.
   *
   * @param raw the compressed bytes; its position stays
   * @param limit how many bytes the content may have at most, 0 or more
   */
  Result expand(ByteBuffer raw, int limit);

  /** What people call it. */
  String title();
}
