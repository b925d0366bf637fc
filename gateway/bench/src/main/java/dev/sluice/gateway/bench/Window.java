package dev.sluice.gateway.bench;

import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The stretch of time in which messages count, by {@link System#nanoTime}: those that are due from
 * its begin to its end, and no more of them than wanted. For any thread.
 */
final class Window {
  private final long begin;
  private final AtomicLong end;
  private final AtomicLong left;

  /**
   * From here to there.
   *
   * @param messages how many count, at most; empty for as many as are due
   */
  Window(long begin, long end, OptionalLong messages) {
    this.begin = begin;
    this.end = new AtomicLong(end);
    this.left = new AtomicLong(messages.orElse(Long.MAX_VALUE));
  }

  long begin() {
    return begin;
  }

  long end() {
    return end.get();
  }

  /** Ends it now, if it would have ended later. */
  void endAt(long now) {
    end.getAndUpdate(planned -> now - planned < 0 ? now : planned);
  }

  /** Whether a message that is due then counts. */
  boolean counts(long due) {
    return due - begin >= 0 && due - end.get() < 0;
  }

  /**
   * Whether a message that is due then may begin. One that counts uses up one of those that are
   * wanted.
   */
  boolean admits(long due) {
    if (due - end.get() >= 0) {
      return false;
    }
    return due - begin < 0 || take(1) == 1;
  }

  /** Uses up so many of the messages that are wanted, or as many as are left. */
  long take(long count) {
    long before = left.getAndUpdate(some -> some - Math.min(some, count));
    return Math.min(before, count);
  }
}
