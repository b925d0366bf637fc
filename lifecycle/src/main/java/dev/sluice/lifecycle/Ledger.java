package dev.sluice.lifecycle;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * The count of everything open, by kind and owner.
 *
 * <p>What is opened seldom (sessions, upstreams, connections, streams, timers, threads, child
 * processes) is tracked one by one, and found when it is dropped without being closed or outlives
 * what it depends on. What is opened often (deliveries, permits, buffers, pending calls) is counted
 * by its owner's {@link Tally}.
 *
 * <p>The ledger holds what it tracks only weakly. Its entries leave when they are closed, or by the
 * next {@link #sweep} after what they stand for was collected. Kinds are kept for ever: they are a
 * fixed set of words, such as {@code "session"}. Owners may be many.
 *
 * <p>Safe for use by any thread, also an event loop: nothing blocks. It has no thread of its own.
 */
public final class Ledger {

  private final Clock clock;
  private final ReferenceQueue<Object> collected = new ReferenceQueue<>();
  private final ConcurrentMap<String, KindCounts> kinds = new ConcurrentHashMap<>();
  // Removed by the entry itself, when it is closed or found collected.
  private final Set<LedgerEntry> entries = ConcurrentHashMap.newKeySet();
  private final LongAdder faults = new LongAdder();

  private Ledger(Clock clock) {
    this.clock = clock;
  }

  /** An empty ledger that takes ages from the machine's clock. */
  public static Ledger create() {
    return create(Clock.system());
  }

  /** An empty ledger that takes ages from {@code clock}. */
  public static Ledger create(Clock clock) {
    return new Ledger(Objects.requireNonNull(clock, "clock"));
  }

  /**
   * Enters a resource that has just been opened.
   *
   * @param kind what it is, one of a fixed set of words
   * @param owner who opened it
   * @param resource what is watched: if it becomes unreachable before the entry is closed, that is
   *     a leak. The entry must not be the only thing that refers to it.
   * @return the entry, which the resource may hold
   */
  public Tracked track(String kind, String owner, Object resource) {
    Objects.requireNonNull(owner, "owner");
    Objects.requireNonNull(resource, "resource");
    sweep();
    var entry = new TrackedEntry(this, counts(kind), owner, resource);
    try {
      entries.add(entry);
    } finally {
      // Collected before this, the entry would be put in after its removal, and stay.
      Reference.reachabilityFence(resource);
    }
    return entry;
  }

  /**
   * Opens a count, at zero. Several of one kind and owner add up in what the ledger shows. A tally
   * that is dropped unclosed leaves the ledger, and what it still had open is leaked.
   */
  public Tally tally(String kind, String owner) {
    Objects.requireNonNull(owner, "owner");
    sweep();
    var tally = new Tally(this, counts(kind), owner);
    entries.add(tally.entry());
    return tally;
  }

  private KindCounts counts(String kind) {
    KindCounts known = kinds.get(Objects.requireNonNull(kind, "kind"));
    return known != null ? known : kinds.computeIfAbsent(kind, KindCounts::new);
  }

  /**
   * What is open now. While others open and close, each entry is seen or not, as if at some moment
   * during the call.
   */
  public LedgerSnapshot snapshot() {
    sweep();
    var builder = new SnapshotBuilder(clock.nanoTime());
    for (LedgerEntry entry : entries) {
      builder.add(entry);
    }
    for (KindCounts counts : kinds.values()) {
      builder.leaked(counts.kind(), counts.leaks().sum());
    }
    return builder.build(faults.sum());
  }

  /**
   * Whether nothing is open: no entry, and every tally at zero. Leaks and faults do not count here.
   */
  public boolean isEmpty() {
    sweep();
    for (LedgerEntry entry : entries) {
      if (entry.open() != 0) {
        return false;
      }
    }
    return true;
  }

  /** How many of this kind are open. Takes time in proportion to all entries. */
  public long open(String kind) {
    sweep();
    long open = 0;
    for (LedgerEntry entry : entries) {
      if (entry.kind().equals(kind)) {
        open += entry.open();
      }
    }
    return open;
  }

  /** How many of this kind were dropped unclosed or outlived their owners, so far. */
  public long leaks(String kind) {
    sweep();
    KindCounts counts = kinds.get(kind);
    return counts == null ? 0 : counts.leaks().sum();
  }

  /** How many more were released than had been opened, over all tallies so far. */
  public long faults() {
    for (LedgerEntry entry : entries) {
      // Looking at a tally is what finds its faults.
      entry.open();
    }
    return faults.sum();
  }

  /**
   * Turns what was collected unclosed into leaks. {@link #track}, {@link #tally} and every question
   * do this too; a program that rarely asks calls it now and then.
   */
  public void sweep() {
    for (Reference<?> each = collected.poll(); each != null; each = collected.poll()) {
      ((LedgerEntry) each).onCollected();
    }
  }

  /**
   * Begins to look for what is still referred to although its owner has ended. To be done now and
   * then: an owner may just be ending what depends on it, so that only what two looks in succession
   * find is a leak.
   *
   * @see Dependent
   */
  public Reclaim reclaim() {
    return new Reclaim(entries.iterator());
  }

  Clock clock() {
    return clock;
  }

  ReferenceQueue<Object> collected() {
    return collected;
  }

  void remove(LedgerEntry entry) {
    entries.remove(entry);
  }

  void addFaults(long n) {
    faults.add(n);
  }

  /** The snapshot as a table. */
  @Override
  public String toString() {
    return snapshot().toString();
  }
}
