package dev.sluice.lifecycle;

import java.util.Iterator;

/**
 * One look at all entries of a {@link Ledger} for what outlived its owner: that is counted as
 * leaked, and released. Goes on in steps, as there may be many entries and none may keep an event
 * loop for long. For one thread at a time.
 */
public final class Reclaim {

  private final Iterator<LedgerEntry> rest;
  private int found;

  Reclaim(Iterator<LedgerEntry> rest) {
    this.rest = rest;
  }

  /** Looks at no more than this many entries; whether there are others. */
  public boolean step(int most) {
    for (int i = 0; i < most && rest.hasNext(); i++) {
      if (rest.next() instanceof TrackedEntry tracked && tracked.reclaim()) {
        found++;
      }
    }
    return rest.hasNext();
  }

  /** How many leaks it has found so far. */
  public int found() {
    return found;
  }
}
