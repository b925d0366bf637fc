package dev.sluice.lifecycle;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * The ledger's side of a {@link Tally}: shares its counters, and so can still be read when the
 * tally is dropped.
 */
final class TallyEntry extends LedgerEntry {

  private final LongAdder added;
  private final LongAdder removed;
  private final AtomicLong deficitCounted = new AtomicLong();

  TallyEntry(
      Ledger ledger,
      KindCounts counts,
      String owner,
      Object tally,
      LongAdder added,
      LongAdder removed) {
    super(ledger, counts, owner, tally);
    this.added = added;
    this.removed = removed;
  }

  /**
   * Reads what was removed first: each removal was preceded by its addition, which is then
   * contained in the sum read second. Read the other way, or from one adder, a busy tally would
   * appear to be below zero.
   */
  long value() {
    long out = removed.sum();
    long value = added.sum() - out;
    if (value < 0) {
      countDeficit(-value);
    }
    return value;
  }

  private void countDeficit(long deficit) {
    long before = deficitCounted.getAndAccumulate(deficit, Math::max);
    if (deficit > before) {
      ledger().addFaults(deficit - before);
    }
  }

  long close() {
    if (!move(OPEN, CLOSED)) {
      return 0;
    }
    clear();
    return settle();
  }

  @Override
  void onCollected() {
    if (move(OPEN, LEAKED)) {
      settle();
    }
  }

  private long settle() {
    long left = Math.max(0, value());
    counts().leaks().add(left);
    ledger().remove(this);
    return left;
  }

  @Override
  long open() {
    return value();
  }
}
