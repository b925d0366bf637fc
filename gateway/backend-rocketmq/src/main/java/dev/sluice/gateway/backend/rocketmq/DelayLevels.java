package dev.sluice.gateway.backend.rocketmq;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The delays that a broker of 4.x has, by level.
 *
 * @param text as the broker's configuration has them, e.g. {@code 1s 5s 10s}
 * @param delays the first one is level 1's
 */
record DelayLevels(String text, List<Duration> delays) {
  /** What brokers have that are not configured otherwise. */
  static final DelayLevels USUAL = of("1s 5s 10s 30s 1m 2m 3m 4m 5m 6m 7m 8m 9m 10m 20m 30m 1h 2h");

  /** Sends back come again by this level at first, and by one more each time. */
  private static final int FIRST_RETRY = 3;

  /** Clocks differ a little, and a client's time may be that of a level by its own. */
  private static final Duration MOST_SHORTER = Duration.ofMillis(500);

  private static final Duration MOST_LONGER = Duration.ofSeconds(1);

  DelayLevels {
    delays = List.copyOf(delays);
  }

  /** No level. */
  static final int NONE = 0;

  /** What a broker's {@code messageDelayLevel} says; the usual ones where it says nothing sound. */
  static DelayLevels parse(String text) {
    try {
      return text.isBlank() ? USUAL : of(text.strip());
    } catch (IllegalArgumentException | ArithmeticException e) {
      return USUAL;
    }
  }

  private static DelayLevels of(String text) {
    List<Duration> delays = new ArrayList<>();
    for (String each : text.split(" +", -1)) {
      long count = Long.parseLong(each, 0, each.length() - 1, 10);
      delays.add(
          switch (each.charAt(each.length() - 1)) {
            case 's' -> Duration.ofSeconds(count);
            case 'm' -> Duration.ofMinutes(count);
            case 'h' -> Duration.ofHours(count);
            case 'd' -> Duration.ofDays(count);
            default -> throw new IllegalArgumentException(text);
          });
    }
    return new DelayLevels(text, delays);
  }

  /** How many there are. */
  int count() {
    return delays.size();
  }

  /** A level's delay. */
  Duration delay(int level) {
    return delays.get(level - 1);
  }

  /**
   * The level that is as long to the second: up to one longer, else up to half of one shorter;
   * {@link #NONE} if none.
   */
  int matching(Duration delay) {
    int shorter = NONE;
    for (int level = 1; level <= count(); level++) {
      Duration beyond = delay(level).minus(delay);
      if (!beyond.isNegative() && beyond.compareTo(MOST_LONGER) <= 0) {
        return level;
      }
      if (beyond.isNegative() && beyond.abs().compareTo(MOST_SHORTER) <= 0) {
        shorter = level;
      }
    }
    return shorter;
  }

  /** The shortest level that is as long at least; {@link #NONE} where none is. */
  int atLeast(Duration delay) {
    int best = NONE;
    for (int level = 1; level <= count(); level++) {
      boolean enough = delay(level).compareTo(delay) >= 0;
      if (enough && (best == NONE || delay(level).compareTo(delay(best)) < 0)) {
        best = level;
      }
    }
    return best;
  }

  /** How long messages wait that were sent back: one wait after each attempt. */
  List<Duration> retries() {
    return delays.subList(Math.min(FIRST_RETRY, count()) - 1, count());
  }
}
