package dev.sluice.rocketmq.requests;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.nio.ByteBuffer;

/**
 * Zstandard, by its own library, which is loaded with the first such body (some 80 milliseconds,
 * once) and needs a folder for temporary files that programs may be loaded from.
 *
 * <p>A body is expanded in one step into memory that is bounded beforehand, and again into more
 * where that was too small: reading it as a stream would take a window of the size that the body
 * itself names, which is 128 MiB at the highest levels however little content there is.
 */
final class ZstdCompression implements Compression {
  /** Up to here the size that a body says it has is believed at once. */
  private static final int BELIEVED_BYTES = 1 << 20;

  @Override
  public Result expand(ByteBuffer raw, int limit) {
    byte[] compressed = new byte[raw.remaining()];
    raw.duplicate().get(compressed);
    try (ZstdDecompressCtx context = new ZstdDecompressCtx()) {
      return expand(context, compressed, limit);
    } catch (LinkageError e) {
      return new Result.Unavailable("its library cannot be loaded: " + e.getMessage());
    } catch (IllegalStateException e) {
      return new Result.Unavailable("its library has no memory: " + e.getMessage());
    }
  }

  private static Result expand(ZstdDecompressCtx context, byte[] compressed, int limit) {
    long named = Zstd.getFrameContentSize(compressed);
    if (named > limit) {
      return new Result.TooLarge();
    }
    Expanded out =
        0 <= named && named <= BELIEVED_BYTES
            ? new Expanded(named, limit)
            : Expanded.of(compressed.length, limit);
    while (true) {
      try {
        out.add(
            context.decompressByteArray(
                out.bytes(), 0, out.room(), compressed, 0, compressed.length));
        return out.content();
      } catch (ZstdException e) {
        if (e.getErrorCode() != Zstd.errDstSizeTooSmall()) {
          return new Result.Corrupt(String.valueOf(e.getMessage()));
        }
      }
      if (!out.grow()) {
        return new Result.TooLarge();
      }
    }
  }

  @Override
  public String title() {
    return "Zstandard";
  }
}
