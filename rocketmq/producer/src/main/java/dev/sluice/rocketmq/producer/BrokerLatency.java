package dev.sluice.rocketmq.producer;

import dev.sluice.lifecycle.Clock;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;

/**
 * Which brokers are left out for a while, as they answered late or failed. The steps are those of
 * the official client. Safe for all threads.
 */
final class BrokerLatency {
  /** Where a broker failed, which says nothing of how fast it is. */
  static final long FAILED_MILLIS = 10_000;

  private static final int MAX_BROKERS = 1_024;

  private static final long[] LATENCY = {15_000, 5_000, 3_000, 1_800, 550};
  private static final long[] OUT = {30_000, 10_000, 6_000, 5_000, 2_000};

  private final Clock clock;

  /** Until when each is left out. Removed when it answers fast; at most so many. */
  private final ConcurrentMap<String, Long> outUntil = new ConcurrentHashMap<>();

  BrokerLatency(Clock clock) {
    this.clock = clock;
  }

  /** A broker took so long to answer. */
  void answered(String broker, long millis) {
    long out = outFor(millis);
    if (out == 0) {
      outUntil.remove(broker);
    } else if (outUntil.size() < MAX_BROKERS || outUntil.containsKey(broker)) {
      outUntil.put(broker, clock.nanoTime() + TimeUnit.MILLISECONDS.toNanos(out));
    }
  }

  /** A broker failed. */
  void failed(String broker) {
    answered(broker, FAILED_MILLIS);
  }

  boolean isOut(String broker) {
    Long until = outUntil.get(broker);
    return until != null && until - clock.nanoTime() > 0;
  }

  private static long outFor(long millis) {
    for (int i = 0; i < LATENCY.length; i++) {
      if (millis >= LATENCY[i]) {
        return OUT[i];
      }
    }
    return 0;
  }
}
