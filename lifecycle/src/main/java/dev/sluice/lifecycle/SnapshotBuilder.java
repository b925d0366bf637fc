package dev.sluice.lifecycle;

import java.time.Duration;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

final class SnapshotBuilder {

  private final Map<String, Sums> kinds = new TreeMap<>();

  private static final class Sums {
    private long open;
    private long leaks;
    private Duration oldest = Duration.ZERO;
    private final SortedMap<String, Long> owners = new TreeMap<>();
  }

  void add(LedgerEntry entry) {
    long open = entry.open();
    if (open == 0) {
      return;
    }
    Sums sums = of(entry.kind());
    sums.open += open;
    sums.owners.merge(entry.owner(), open, Long::sum);
    if (entry instanceof TrackedEntry tracked && tracked.age().compareTo(sums.oldest) > 0) {
      sums.oldest = tracked.age();
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
        (kind, sums) ->
            result.put(
                kind, new LedgerSnapshot.Kind(sums.open, sums.leaks, sums.oldest, sums.owners)));
    return new LedgerSnapshot(result, faults);
  }
}
