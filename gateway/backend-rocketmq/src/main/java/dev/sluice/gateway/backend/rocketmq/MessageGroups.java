package dev.sluice.gateway.backend.rocketmq;

import java.nio.charset.StandardCharsets;

/**
 * Which of a topic's queues a sharding key belongs to: SipHash-2-4 of its UTF-8 bytes modulo the
 * number of queues, as the official v2 clients do for message groups, so that messages of a key go
 * to one queue whichever way they come.
 */
final class MessageGroups {
  private static final long K0 = 0x0706050403020100L;
  private static final long K1 = 0x0f0e0d0c0b0a0908L;

  private MessageGroups() {}

  /**
   * The position of the key's queue.
   *
   * @param queues how many there are, from 1
   */
  static int queueOf(String key, int queues) {
    return Math.floorMod(hash(key.getBytes(StandardCharsets.UTF_8)), queues);
  }

  static long hash(byte[] in) {
    State state = new State();
    int whole = in.length & ~7;
    for (int i = 0; i < whole; i += 8) {
      state.word(littleEndian(in, i, 8));
    }
    state.word(littleEndian(in, whole, in.length - whole) | (long) in.length << 56);
    return state.end();
  }

  private static long littleEndian(byte[] in, int from, int count) {
    long word = 0;
    for (int i = 0; i < count; i++) {
      word |= (in[from + i] & 0xFFL) << (8 * i);
    }
    return word;
  }

  /** The four words of the hash; short-lived, so that the compiler keeps them in registers. */
  private static final class State {
    private long v0 = K0 ^ 0x736f6d6570736575L;
    private long v1 = K1 ^ 0x646f72616e646f6dL;
    private long v2 = K0 ^ 0x6c7967656e657261L;
    private long v3 = K1 ^ 0x7465646279746573L;

    void word(long m) {
      v3 ^= m;
      round();
      round();
      v0 ^= m;
    }

    long end() {
      v2 ^= 0xFF;
      for (int i = 0; i < 4; i++) {
        round();
      }
      return v0 ^ v1 ^ v2 ^ v3;
    }

    private void round() {
      v0 += v1;
      v1 = Long.rotateLeft(v1, 13) ^ v0;
      v0 = Long.rotateLeft(v0, 32);
      v2 += v3;
      v3 = Long.rotateLeft(v3, 16) ^ v2;
      v0 += v3;
      v3 = Long.rotateLeft(v3, 21) ^ v0;
      v2 += v1;
      v1 = Long.rotateLeft(v1, 17) ^ v2;
      v2 = Long.rotateLeft(v2, 32);
    }
  }
}
