package dev.sluice.lifecycle;

import java.time.Duration;

/** One resource. */
final class TrackedEntry extends LedgerEntry implements Tracked {

  /** What {@link Ledger#reclaim} knows of it. */
  private enum Found {
    NOTHING,
    AN_ORPHAN,
    A_LEAK
  }

  private final long openedAt;
  private final boolean dependent;
  private volatile Found found = Found.NOTHING;

  TrackedEntry(Ledger ledger, KindCounts counts, String owner, Object resource) {
    super(ledger, counts, owner, resource);
    this.openedAt = ledger.clock().nanoTime();
    this.dependent = resource instanceof Dependent;
  }

  @Override
  public void close() {
    if (move(OPEN, CLOSED)) {
      ledger().remove(this);
      // Spares the collector the enqueueing; where it was faster, the state makes that harmless.
      clear();
    } else if (move(LEAKED, CLOSED) && found != Found.A_LEAK) {
      counts().leaks().decrement();
    }
  }

  @Override
  void onCollected() {
    if (move(OPEN, LEAKED)) {
      if (found != Found.A_LEAK) {
        counts().leaks().increment();
      }
      ledger().remove(this);
    }
  }

  /** Has an orphan released that was one before; whether it was found now. */
  boolean reclaim() {
    // Others are not even looked at: that would keep them from being collected.
    if (!dependent
        || state() != OPEN
        || !(get() instanceof Dependent resource)
        || !resource.isOrphan()) {
      return false;
    }
    Found before = foundAgain();
    if (before == Found.AN_ORPHAN) {
      counts().leaks().increment();
    }
    if (before != Found.NOTHING) {
      // Each time, as long as it is open: it stays in the ledger until it is not.
      resource.release();
    }
    return before == Found.AN_ORPHAN;
  }

  /** What was known before. */
  private synchronized Found foundAgain() {
    Found before = found;
    found = before == Found.NOTHING ? Found.AN_ORPHAN : Found.A_LEAK;
    return before;
  }

  @Override
  long open() {
    return 1;
  }

  @Override
  public boolean isOpen() {
    return state() == OPEN;
  }

  long openedAt() {
    return openedAt;
  }

  @Override
  public Duration age() {
    return Duration.ofNanos(ledger().clock().nanoTime() - openedAt);
  }

  @Override
  public String toString() {
    String now =
        switch (state()) {
          case OPEN -> "open";
          case CLOSED -> "closed";
          default -> "leaked";
        };
    return kind() + " of " + owner() + " (" + now + ")";
  }
}
