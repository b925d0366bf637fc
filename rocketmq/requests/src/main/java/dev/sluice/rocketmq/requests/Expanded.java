package dev.sluice.rocketmq.requests;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The content of a body while it is being expanded: memory that grows with what there is of it, up
 * to a limit. For one thread.
 */
final class Expanded {
  private static final int USUAL_RATIO = 4;
  private static final int SMALLEST = 64;
  private static final int GROWTH = 4;

  private final int limit;
  private byte[] bytes;
  private int length;

  /**
   * Room for a body.
   *
   * @param expected how many bytes it may well have
   * @param limit how many bytes the content may have at most, 0 or more
   */
  Expanded(long expected, int limit) {
    this.limit = limit;
    this.bytes = new byte[(int) Math.min(limit, Math.max(SMALLEST, expected))];
  }

  /** Room for a body of so many bytes while it is compressed. */
  static Expanded of(int compressed, int limit) {
    return new Expanded((long) USUAL_RATIO * compressed, limit);
  }

  byte[] bytes() {
    return bytes;
  }

  int length() {
    return length;
  }

  int room() {
    return bytes.length - length;
  }

  void add(int count) {
    length += count;
  }

  /** Makes more room, or says that there is no more. */
  boolean grow() {
    if (bytes.length == limit) {
      return false;
    }
    bytes = Arrays.copyOf(bytes, (int) Math.min(limit, (long) GROWTH * bytes.length));
    return true;
  }

  /** What there is, without what is not needed where that is much. */
  Compression.Result content() {
    byte[] kept = bytes.length > 2L * length ? Arrays.copyOf(bytes, length) : bytes;
    return new Compression.Result.Content(
        ByteBuffer.wrap(kept, 0, length).slice().asReadOnlyBuffer());
  }
}
