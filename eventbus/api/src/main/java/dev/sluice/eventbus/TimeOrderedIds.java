package dev.sluice.eventbus;

import dev.sluice.lifecycle.Clock;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.UUID;

/**
 * UUIDs of version 7 (RFC 9562): each above all before it of this process, also where several are
 * made in a millisecond or the clock goes back. What is not time is random: 62 bits, and up to 11
 * of the 12 that count within a millisecond.
 */
final class TimeOrderedIds {

  private static final int COUNTER_BITS = 12;
  private static final long COUNTER_START_MASK = 0x7FF;
  private static final int DRAWN_AT_A_TIME = 128 * 2 * Long.BYTES;

  private final Clock clock;
  private final SecureRandom random = new SecureRandom();
  private final ByteBuffer drawn = ByteBuffer.allocate(DRAWN_AT_A_TIME).limit(0);
  private long last;

  TimeOrderedIds(Clock clock) {
    this.clock = clock;
  }

  synchronized UUID next() {
    if (drawn.remaining() < 2 * Long.BYTES) {
      random.nextBytes(drawn.array());
      drawn.clear();
    }
    long start = drawn.getLong() & COUNTER_START_MASK;
    long now = clock.currentTimeMillis() << COUNTER_BITS;
    // Beyond its 12 bits the counter runs on into the time, which is then ahead of the clock.
    last = (last >> COUNTER_BITS << COUNTER_BITS) >= now ? last + 1 : now | start;
    long high = (last >> COUNTER_BITS << 16) | 0x7000 | (last & 0xFFF);
    long low = (drawn.getLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
    return new UUID(high, low);
  }
}
