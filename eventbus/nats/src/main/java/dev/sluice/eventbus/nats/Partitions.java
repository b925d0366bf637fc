package dev.sluice.eventbus.nats;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/**
 * Which partition a key is of: the CRC-32 (of zlib) of its UTF-8 bytes modulo the number of
 * partitions. Never to be changed: messages of a key that are under way would be overtaken.
 */
final class Partitions {
  private Partitions() {}

  static int of(String key, int partitions) {
    CRC32 crc = new CRC32();
    crc.update(key.getBytes(StandardCharsets.UTF_8));
    return (int) (crc.getValue() % partitions);
  }
}
