package dev.sluice.gateway.access;

import java.util.Optional;

/**
 * How much somebody may have.
 *
 * @param rate how many requests; empty for any number
 * @param sessions the most producers and consumers at once
 * @param streams the most streams at once
 */
record Limits(Optional<RateLimit.Rate> rate, int sessions, int streams) {

  /** What stands for any number. */
  static final int MOST = 1_000_000_000;
}
