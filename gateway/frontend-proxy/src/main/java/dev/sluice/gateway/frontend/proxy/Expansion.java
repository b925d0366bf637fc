package dev.sluice.gateway.frontend.proxy;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import org.jspecify.annotations.Nullable;

/** Expands bodies that producers of other protocols compressed. */
final class Expansion {

  private static final int GZIP_FIRST = 0x1f;
  private static final int GZIP_SECOND = 0x8b;

  private Expansion() {}

  /** {@code gzip} (RFC 1952) or {@code deflate} (RFC 1950), by the first bytes. */
  static String encodingOf(ByteString body) {
    return isGzip(body) ? "gzip" : "deflate";
  }

  /**
   * The expanded body, or null where it is broken or would be larger than the limit.
   *
   * @param limit bounds what is allocated, in bytes
   */
  static @Nullable ByteString expand(ByteString body, int limit) {
    try {
      return isGzip(body) ? gunzip(body, limit) : inflate(body, limit);
    } catch (IOException e) {
      return null;
    }
  }

  private static @Nullable ByteString gunzip(ByteString body, int limit) throws IOException {
    try (InputStream expanded = new GZIPInputStream(body.newInput())) {
      return bounded(expanded.readNBytes(limit + 1), limit);
    }
  }

  private static @Nullable ByteString inflate(ByteString body, int limit) throws IOException {
    var inflater = new Inflater();
    try (InputStream expanded = new InflaterInputStream(body.newInput(), inflater)) {
      byte[] bytes = expanded.readNBytes(limit + 1);
      // A stream that needs a dictionary looks as if it were at its end.
      return inflater.needsDictionary() ? null : bounded(bytes, limit);
    } finally {
      inflater.end();
    }
  }

  private static @Nullable ByteString bounded(byte[] bytes, int limit) {
    return bytes.length > limit ? null : ByteString.copyFrom(bytes);
  }

  private static boolean isGzip(ByteString body) {
    return body.size() >= 2
        && (body.byteAt(0) & 0xff) == GZIP_FIRST
        && (body.byteAt(1) & 0xff) == GZIP_SECOND;
  }
}
