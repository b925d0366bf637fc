package dev.sluice.rocketmq.requests;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Checks and decompresses the bodies of one answer, with one budget for all of them: a few
 * kilobytes of an answer can stand for gigabytes.
 */
final class StoredBodies {
  private static final int CRC_BITS = 0x7FFFFFFF;

  private final int budget;
  private int inflated;

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
      case 0, SystemFlags.COMPRESSION_ZLIB -> inflate(raw);
      case SystemFlags.COMPRESSION_LZ4 -> unsupported("LZ4", raw);
      case SystemFlags.COMPRESSION_ZSTD -> unsupported("Zstandard", raw);
      default ->
          unsupported(
              "compression type " + ((systemFlags & SystemFlags.COMPRESSION_MASK) >> 8), raw);
    };
  }

  private static MessageBody unsupported(String name, ByteBuffer raw) {
    return new MessageBody.Undecoded(
        MessageBody.Problem.UNSUPPORTED_COMPRESSION, name + " (expected: zlib)", raw);
  }

  private MessageBody inflate(ByteBuffer raw) {
    Inflater inflater = new Inflater();
    try {
      inflater.setInput(raw.duplicate());
      int left = budget - inflated;
      byte[] out = new byte[(int) Math.min(left, 4L * raw.remaining() + 64)];
      int length = 0;
      while (!inflater.finished()) {
        if (length == out.length) {
          if (length == left) {
            return tooLarge(raw);
          }
          out = Arrays.copyOf(out, (int) Math.min(left, 2L * length));
        }
        int count = inflater.inflate(out, length, out.length - length);
        if (count == 0 && !inflater.finished()) {
          return corrupt("it ends after " + length + " bytes, before its own end", raw);
        }
        length += count;
      }
      inflated += length;
      return new MessageBody.Decoded(ByteBuffer.wrap(out, 0, length).slice().asReadOnlyBuffer());
    } catch (DataFormatException e) {
      return corrupt(String.valueOf(e.getMessage()), raw);
    } finally {
      inflater.end();
    }
  }

  private MessageBody tooLarge(ByteBuffer raw) {
    return new MessageBody.Undecoded(
        MessageBody.Problem.TOO_LARGE,
        "more than "
            + (budget - inflated)
            + " bytes decompressed (expected: at most "
            + budget
            + " for the bodies of one answer)",
        raw);
  }

  private static MessageBody corrupt(String detail, ByteBuffer raw) {
    return new MessageBody.Undecoded(MessageBody.Problem.CORRUPT, "zlib: " + detail, raw);
  }
}
