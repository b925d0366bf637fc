package dev.sluice.rocketmq.requests;

import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Zlib, as all versions of the remoting clients write it. */
final class ZlibCompression implements Compression {
  @Override
  public Result expand(ByteBuffer raw, int limit) {
    Inflater inflater = new Inflater();
    try {
      inflater.setInput(raw.duplicate());
      Expanded out = Expanded.of(raw.remaining(), limit);
      while (!inflater.finished()) {
        if (out.room() == 0 && !out.grow()) {
          return new Result.TooLarge();
        }
        int count = inflater.inflate(out.bytes(), out.length(), out.room());
        if (count == 0 && !inflater.finished()) {
          return new Result.Corrupt("it ends after " + out.length() + " bytes, before its own end");
        }
        out.add(count);
      }
      return out.content();
    } catch (DataFormatException e) {
      return new Result.Corrupt(String.valueOf(e.getMessage()));
    } finally {
      inflater.end();
    }
  }

  @Override
  public String title() {
    return "zlib";
  }
}
