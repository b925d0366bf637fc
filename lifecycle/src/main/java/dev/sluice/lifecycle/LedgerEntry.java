package dev.sluice.lifecycle;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.WeakReference;
import java.util.concurrent.ThreadLocalRandom;

/**
 * What the ledger holds while something is open. It refers only weakly to what it watches, so that
 * the ledger keeps nothing alive.
 *
 * <p>Closing and being found collected race; the state decides which of them counts.
 */
abstract sealed class LedgerEntry extends WeakReference<Object> permits TrackedEntry, TallyEntry {

  static final int OPEN = 0;
  static final int CLOSED = 1;
  static final int LEAKED = 2;
  private static final VarHandle STATE;

  static {
    try {
      STATE = MethodHandles.lookup().findVarHandle(LedgerEntry.class, "state", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Ledger ledger;
  private final KindCounts counts;
  private final String owner;
  // An identity hash would have to be computed and written into the object's header for each entry.
  private final int hash = ThreadLocalRandom.current().nextInt();
  private volatile int state;

  LedgerEntry(Ledger ledger, KindCounts counts, String owner, Object watched) {
    super(watched, ledger.collected());
    this.ledger = ledger;
    this.counts = counts;
    this.owner = owner;
  }

  /** What was watched has been collected. */
  abstract void onCollected();

  /** How many are open by this entry. */
  abstract long open();

  final Ledger ledger() {
    return ledger;
  }

  final KindCounts counts() {
    return counts;
  }

  public final String kind() {
    return counts.kind();
  }

  public final String owner() {
    return owner;
  }

  final int state() {
    return state;
  }

  final boolean move(int from, int to) {
    return STATE.compareAndSet(this, from, to);
  }

  @Override
  public final int hashCode() {
    return hash;
  }

  @Override
  public final boolean equals(Object other) {
    return this == other;
  }
}
