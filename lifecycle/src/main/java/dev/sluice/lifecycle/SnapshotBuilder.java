package dev.sluice.lifecycle;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** Adds up entries, of which there may be ten thousands: the order is made in the end. */
final class SnapshotBuilder {

  private final Map<String, Sums> kinds = new HashMap<>();
  private final long now;

  SnapshotBuilder(long now) {
    this.now = now;
  }

  private static final class Sums {
    private long open;
    private long leaks;
    private long oldestNanos;
    private final Map<String, Long> owners = new HashMap<>();
  }

  void add(LedgerEntry entry) {
    long open = entry.open();
    if (open == 0) {
      return;
    }
    Sums sums = of(entry.kind());
    sums.open += open;
    sums.owners.merge(entry.owner(), open, Long::sum);
    if (entry instanceof TrackedEntry tracked) {
      sums.oldestNanos = Math.max(sums.oldestNanos, now - tracked.openedAt());
    }
  }

  void leaked(String kind, long leaks) {
    if (leaks != 0) {
      of(kind).leaks += leaks;
    }
  }

  private Sums of(String kind) {
    return kinds.computeIfAbsent(kind, unknown -> new Sums());
  }

  LedgerSnapshot build(long faults) {
    var result = new TreeMap<String, LedgerSnapshot.Kind>();
    kinds.forEach(
        (kind, sums) -> {
          // Two tallies of one owner, of which one has a fault, may cancel each other out.
          sums.owners.values().removeIf(open -> open == 0);
          result.put(
              kind,
              new LedgerSnapshot.Kind(
                  sums.open,
                  sums.leaks,
                  Duration.ofNanos(sums.oldestNanos),
                  new TreeMap<>(sums.owners)));
        });
    return new LedgerSnapshot(result, faults);
  }
}
