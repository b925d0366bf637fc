package dev.sluice.rocketmq.remoting;

import java.time.Duration;

/**
 * For how long a peer has been silent while it owed answers. A peer whose host is gone, or that a
 * network no longer reaches, ends no connection: TCP itself would try for a quarter of an hour.
 * Belongs to the loop of its connection.
 */
final class Silence {
  private final Duration limit;
  private boolean broken = true;
  private long sinceNanos;

  Silence(Duration limit) {
    this.limit = limit;
  }

  /** The peer was asked something. */
  void asked(long nowNanos) {
    if (broken) {
      broken = false;
      sinceNanos = nowNanos;
    }
  }

  /** The peer has said something. */
  void heard() {
    broken = true;
  }

  /** Whether the peer has said nothing since it was asked, for longer than the limit. */
  boolean isTooLong(long nowNanos) {
    return !broken && nowNanos - sinceNanos >= limit.toNanos();
  }

  @Override
  public String toString() {
    return "silent for more than " + limit.toMillis() + " ms while it was asked";
  }
}
