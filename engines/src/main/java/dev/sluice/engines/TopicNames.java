package dev.sluice.engines;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/** Names for topics and groups on an engine that many tests share. Safe for use by any thread. */
public final class TopicNames {
  private static final AtomicInteger SEQUENCE = new AtomicInteger();
  private static final String RUN =
      Long.toString(ThreadLocalRandom.current().nextLong(Long.MAX_VALUE), 36);

  private TopicNames() {}

  /**
   * A name that no other test on the engine uses, such as {@code orders-mbzq1k2x4ab-7}.
   *
   * @param prefix what it is for: letters, digits, {@code -}, {@code _}, {@code %}; at most 80
   * @throws IllegalArgumentException if RocketMQ would refuse the prefix
   */
  public static String unique(String prefix) {
    if (!prefix.matches("[%a-zA-Z0-9_-]{1,80}")) {
      throw new IllegalArgumentException(
          "prefix: " + prefix + " (expected: 1 to 80 of letters, digits, - _ %)");
    }
    return "%s-%s-%d".formatted(prefix, RUN, SEQUENCE.incrementAndGet());
  }
}
