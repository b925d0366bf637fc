package dev.sluice.rocketmq.requests;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4FrameInputStream;
import net.jpountz.xxhash.XXHashFactory;

/**
 * LZ4 in its frame format. Decoded by plain Java code, which checks all that it is given and needs
 * no native library. Besides the content it takes two blocks of at most 4 MiB each.
 */
final class Lz4Compression implements Compression {
  @Override
  public Result expand(ByteBuffer raw, int limit) {
    Expanded out = Expanded.of(raw.remaining(), limit);
    try (LZ4FrameInputStream in =
        new LZ4FrameInputStream(
            new Bytes(raw.duplicate()),
            LZ4Factory.safeInstance().safeDecompressor(),
            XXHashFactory.safeInstance().hash32())) {
      while (true) {
        if (out.room() == 0 && !out.grow()) {
          return in.read() < 0 ? out.content() : new Result.TooLarge();
        }
        int count = in.read(out.bytes(), out.length(), out.room());
        if (count < 0) {
          return out.content();
        }
        out.add(count);
      }
    } catch (IOException e) {
      return new Result.Corrupt(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public String title() {
    return "LZ4";
  }

  /** A buffer's bytes, read without a lock. */
  private static final class Bytes extends InputStream {
    private final ByteBuffer bytes;

    Bytes(ByteBuffer bytes) {
      this.bytes = bytes;
    }

    @Override
    public int read() {
      return bytes.hasRemaining() ? Byte.toUnsignedInt(bytes.get()) : -1;
    }

    @Override
    public int read(byte[] into, int offset, int count) {
      if (count == 0) {
        return 0;
      }
      int taken = Math.min(count, bytes.remaining());
      bytes.get(into, offset, taken);
      return taken == 0 ? -1 : taken;
    }

    @Override
    public int available() {
      return bytes.remaining();
    }
  }
}
