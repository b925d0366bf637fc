package dev.sluice.gateway.bench;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts failures by their reasons, and keeps what the first of each said. Bounded by the number of
 * codes that there are. For any thread.
 */
final class Failures {
  private final Map<Reason, Seen> reasons = new ConcurrentHashMap<>();

  private record Reason(String step, String code) {}

  private record Seen(String first, LongAdder count) {}

  void add(String step, String code, long count, String message) {
    reasons
        .computeIfAbsent(new Reason(step, code), reason -> new Seen(message, new LongAdder()))
        .count
        .add(count);
  }

  long total() {
    return reasons.values().stream().mapToLong(seen -> seen.count.sum()).sum();
  }

  /** All so far, the most frequent first. */
  List<Failure> all() {
    return reasons.entrySet().stream()
        .map(
            entry ->
                new Failure(
                    entry.getKey().step,
                    entry.getKey().code,
                    entry.getValue().count.sum(),
                    entry.getValue().first))
        .sorted(Comparator.comparingLong(Failure::count).reversed().thenComparing(Failure::code))
        .toList();
  }
}
