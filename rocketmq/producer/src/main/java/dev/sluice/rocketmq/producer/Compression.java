package dev.sluice.rocketmq.producer;

import dev.sluice.rocketmq.requests.BodyCompression;

/** How large bodies are compressed. Every client that reads the kind reads them expanded. */
public enum Compression {
  /** Read by the clients of all versions. */
  ZLIB(BodyCompression.ZLIB),
  /** Fast; read by clients from 5.0 on. */
  LZ4(BodyCompression.LZ4),
  /** Small; read by clients from 5.0 on. Loads a native library with the first large body. */
  ZSTD(BodyCompression.ZSTD);

  private final BodyCompression bodies;

  Compression(BodyCompression bodies) {
    this.bodies = bodies;
  }

  BodyCompression bodies() {
    return bodies;
  }
}
