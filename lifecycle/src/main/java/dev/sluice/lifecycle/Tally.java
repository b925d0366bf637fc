package dev.sluice.lifecycle;

import java.lang.ref.Reference;
import java.util.concurrent.atomic.LongAdder;

/**
 * A count of what is too frequent to be tracked one by one: deliveries, permits, buffers, pending
 * calls. Its owner keeps it and closes it.
 *
 * <p>Safe for use by any thread. {@link #add} and {@link #remove} are lock-free and spread over
 * cells, so that threads do not contend.
 *
 * <p>More removed than added is a fault: something was released twice. It is found when somebody
 * looks, that is by {@link #value}, {@link #close} or the ledger, and each unit too many is counted
 * once.
 */
public final class Tally {

  private final LongAdder added;
  private final LongAdder removed;
  private final TallyEntry entry;

  Tally(Ledger ledger, KindCounts counts, String owner) {
    this.added = new LongAdder();
    this.removed = new LongAdder();
    this.entry = new TallyEntry(ledger, counts, owner, this, added, removed);
  }

  TallyEntry entry() {
    return entry;
  }

  /**
   * Counts {@code n} more as open; must come before the matching {@link #remove}.
   *
   * @throws IllegalArgumentException if {@code n} is negative
   */
  public void add(long n) {
    added.add(notNegative(n));
  }

  /**
   * Counts {@code n} as released.
   *
   * @throws IllegalArgumentException if {@code n} is negative
   */
  public void remove(long n) {
    removed.add(notNegative(n));
  }

  /**
   * How many are open. While others add and remove, a value that may be too high by what they
   * removed meanwhile, and never too low. Negative after a fault.
   */
  public long value() {
    return entry.value();
  }

  /** What is counted. */
  public String kind() {
    return entry.kind();
  }

  /** Who counts. */
  public String owner() {
    return entry.owner();
  }

  /**
   * Takes the tally out of the ledger; idempotent. What is still open is counted as leaked, so this
   * comes after the last release. Counting on is harmless, and is not seen by the ledger.
   *
   * @return how many were still open, never negative; 0 if it was closed before
   */
  public long close() {
    try {
      return entry.close();
    } finally {
      // The entry would otherwise be free to find this collected while it closes.
      Reference.reachabilityFence(this);
    }
  }

  private static long notNegative(long n) {
    if (n < 0) {
      throw new IllegalArgumentException("n: " + n + " (expected: >= 0)");
    }
    return n;
  }

  @Override
  public String toString() {
    return kind() + " of " + owner() + ": " + value();
  }
}
