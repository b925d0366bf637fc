package dev.sluice.lifecycle;

import java.time.Duration;

/** One resource. */
final class TrackedEntry extends LedgerEntry implements Tracked {

  private final long openedAt;

  TrackedEntry(Ledger ledger, KindCounts counts, String owner, Object resource) {
    super(ledger, counts, owner, resource);
    this.openedAt = ledger.clock().nanoTime();
  }

  @Override
  public void close() {
    if (move(OPEN, CLOSED)) {
      ledger().remove(this);
      // Spares the collector the enqueueing; where it was faster, the state makes that harmless.
      clear();
    } else if (move(LEAKED, CLOSED)) {
      counts().leaks().decrement();
    }
  }

  @Override
  void onCollected() {
    if (move(OPEN, LEAKED)) {
      counts().leaks().increment();
      ledger().remove(this);
    }
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
