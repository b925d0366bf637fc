package dev.sluice.lifecycle;

import java.time.Duration;
import java.util.Collections;
import java.util.Comparator;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a ledger held at one moment. Immutable.
 *
 * @param kinds by kind, those of which something is open or has leaked
 * @param faults how many more were released than opened, so far
 */
public record LedgerSnapshot(SortedMap<String, Kind> kinds, long faults) {

  private static final int OWNERS_SHOWN = 10;

  /**
   * One kind.
   *
   * @param open how many are open; negative if more were released than opened
   * @param leaks how many were dropped unclosed or outlived their owners, so far
   * @param oldest the age of the oldest tracked entry; zero if none is open (tallies have no age)
   * @param owners how many are open by owner; never zero
   */
  public record Kind(long open, long leaks, Duration oldest, SortedMap<String, Long> owners) {

    /** Copies the map. */
    public Kind {
      owners = Collections.unmodifiableSortedMap(new TreeMap<>(owners));
    }
  }

  /** Copies the map. */
  public LedgerSnapshot {
    kinds = Collections.unmodifiableSortedMap(new TreeMap<>(kinds));
  }

  /** How many of this kind are open. */
  public long open(String kind) {
    Kind found = kinds.get(kind);
    return found == null ? 0 : found.open();
  }

  /** How many of this kind were dropped unclosed or outlived their owners. */
  public long leaks(String kind) {
    Kind found = kinds.get(kind);
    return found == null ? 0 : found.leaks();
  }

  /** How many of this kind are open, by owner; never zero. */
  public SortedMap<String, Long> owners(String kind) {
    Kind found = kinds.get(kind);
    return found == null ? Collections.emptySortedMap() : found.owners();
  }

  /** The age of the oldest tracked entry of this kind; zero if none is open. */
  public Duration oldest(String kind) {
    Kind found = kinds.get(kind);
    return found == null ? Duration.ZERO : found.oldest();
  }

  /** Whether nothing is open. */
  public boolean isEmpty() {
    return kinds.values().stream().allMatch(kind -> kind.owners().isEmpty());
  }

  /** Whether nothing is open, nothing leaked, and there was no fault. */
  public boolean isClean() {
    return kinds.isEmpty() && faults == 0;
  }

  /** A table for a person: a line per kind, and under it the ten owners with most open. */
  @Override
  public String toString() {
    if (isClean()) {
      return "nothing open";
    }
    var text = new StringBuilder();
    text.append(String.format("%-20s %10s %10s %12s", "kind", "open", "leaked", "oldest"));
    kinds.forEach((name, kind) -> describe(text, name, kind));
    if (faults != 0) {
      text.append("\nreleased more often than opened: ").append(faults);
    }
    return text.toString();
  }

  private static void describe(StringBuilder text, String name, Kind kind) {
    String oldest = kind.oldest().isZero() ? "" : kind.oldest().toMillis() + " ms";
    text.append(String.format("%n%-20s %10d %10d %12s", name, kind.open(), kind.leaks(), oldest));
    kind.owners().entrySet().stream()
        .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder()))
        .limit(OWNERS_SHOWN)
        .forEach(
            owner ->
                text.append(String.format("%n  %-18s %10d", owner.getKey(), owner.getValue())));
    int more = kind.owners().size() - OWNERS_SHOWN;
    if (more > 0) {
      text.append(String.format("%n  and %d more owners", more));
    }
  }
}
