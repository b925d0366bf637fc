package dev.sluice.rocketmq.requests;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import dev.sluice.rocketmq.wire.WireException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.Deflater;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4FrameOutputStream;
import net.jpountz.xxhash.XXHashFactory;

/** How a sender compresses a body, so that every client can read it. For any thread. */
public enum BodyCompression {
  /** Which the clients of all versions read. */
  ZLIB(SystemFlags.COMPRESSION_ZLIB) {
    @Override
    byte[] compressed(byte[] body, int level) {
      Deflater deflater = new Deflater(level);
      try {
        deflater.setInput(body);
        deflater.finish();
        ByteArrayOutputStream out = new ByteArrayOutputStream(64 + body.length / 2);
        byte[] piece = new byte[8 << 10];
        while (!deflater.finished()) {
          out.write(piece, 0, deflater.deflate(piece));
        }
        return out.toByteArray();
      } finally {
        deflater.end();
      }
    }
  },

  /** LZ4 in its frame format, which has no levels; for clients from 5.0 on. */
  LZ4(SystemFlags.COMPRESSION_LZ4) {
    @Override
    byte[] compressed(byte[] body, int level) throws IOException {
      ByteArrayOutputStream out = new ByteArrayOutputStream(64 + body.length / 2);
      try (OutputStream frame =
          new LZ4FrameOutputStream(
              out,
              LZ4FrameOutputStream.BLOCKSIZE.SIZE_64KB,
              -1,
              LZ4Factory.safeInstance().fastCompressor(),
              XXHashFactory.safeInstance().hash32(),
              LZ4FrameOutputStream.FLG.Bits.BLOCK_INDEPENDENCE)) {
        frame.write(body);
      }
      return out.toByteArray();
    }
  },

  /** Zstandard, by its native library; for clients from 5.0 on. */
  ZSTD(SystemFlags.COMPRESSION_ZSTD) {
    @Override
    byte[] compressed(byte[] body, int level) {
      return Zstd.compress(body, level);
    }
  };

  private final int kind;

  BodyCompression(int kind) {
    this.kind = kind;
  }

  /** What says of a message that its body is compressed in this way; see {@link SystemFlags}. */
  public int flags() {
    return SystemFlags.COMPRESSED | kind;
  }

  /**
   * The compressed body, which need not be smaller.
   *
   * @param level from 1, fast, to 9, small
   * @throws WireException if the machine cannot run the library for it
   */
  public byte[] compress(byte[] body, int level) {
    if (level < 1 || level > 9) {
      throw WireException.invalid("compression level: " + level + " (expected: 1 to 9)");
    }
    try {
      return compressed(body, level);
    } catch (IOException | ZstdException | LinkageError e) {
      throw WireException.malformed(this + " compression failed: " + e.getMessage(), e);
    }
  }

  abstract byte[] compressed(byte[] body, int level) throws IOException;
}
