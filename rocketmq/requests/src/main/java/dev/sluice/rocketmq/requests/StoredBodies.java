package dev.sluice.rocketmq.requests;

import java.nio.ByteBuffer;
import java.util.zip.CRC32;

/**
 * Checks and decompresses the bodies of one answer, with one budget for all of them: a few
 * kilobytes of an answer can stand for gigabytes.
 */
final class StoredBodies {
  private static final int CRC_BITS = 0x7FFFFFFF;
  private static final Compression ZLIB = new ZlibCompression();
  private static final Compression LZ4 = new Lz4Compression();
  private static final Compression ZSTD = new ZstdCompression();

  private final int budget;
  private int expanded;

  StoredBodies(int budget) {
    this.budget = budget;
  }

  /** The low 31 bits of the CRC-32, as the store writes them. */
  static int crc(ByteBuffer bytes) {
    CRC32 crc = new CRC32();
    crc.update(bytes.duplicate());
    return (int) crc.getValue() & CRC_BITS;
  }

  MessageBody read(ByteBuffer raw, int systemFlags, int crc) {
    if (crc != 0) {
      int found = crc(raw);
      if (found != crc) {
        return new MessageBody.Undecoded(
            MessageBody.Problem.CORRUPT, "checksum: " + found + " (expected: " + crc + ")", raw);
      }
    }
    if ((systemFlags & SystemFlags.COMPRESSED) == 0 || !raw.hasRemaining()) {
      return new MessageBody.Decoded(raw);
    }
    return switch (systemFlags & SystemFlags.COMPRESSION_MASK) {
      case 0, SystemFlags.COMPRESSION_ZLIB -> expand(ZLIB, raw);
      case SystemFlags.COMPRESSION_LZ4 -> expand(LZ4, raw);
      case SystemFlags.COMPRESSION_ZSTD -> expand(ZSTD, raw);
      default ->
          new MessageBody.Undecoded(
              MessageBody.Problem.UNSUPPORTED_COMPRESSION,
              "compression type "
                  + ((systemFlags & SystemFlags.COMPRESSION_MASK) >> 8)
                  + " (expected: 0 to 3)",
              raw);
    };
  }

  private MessageBody expand(Compression compression, ByteBuffer raw) {
    int left = budget - expanded;
    return switch (compression.expand(raw, left)) {
      case Compression.Result.Content content -> {
        expanded += content.bytes().remaining();
        yield new MessageBody.Decoded(content.bytes());
      }
      case Compression.Result.TooLarge tooLarge ->
          new MessageBody.Undecoded(
              MessageBody.Problem.TOO_LARGE,
              "more than "
                  + left
                  + " bytes decompressed (expected: at most "
                  + budget
                  + " for the bodies of one answer)",
              raw);
      case Compression.Result.Corrupt corrupt ->
          new MessageBody.Undecoded(
              MessageBody.Problem.CORRUPT, compression.title() + ": " + corrupt.detail(), raw);
      case Compression.Result.Unavailable unavailable ->
          new MessageBody.Undecoded(
              MessageBody.Problem.UNSUPPORTED_COMPRESSION,
              compression.title() + ": " + unavailable.detail(),
              raw);
    };
  }
}
