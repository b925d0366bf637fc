package dev.sluice.eventbus.nats;

import dev.sluice.eventbus.nats.GroupDocument.Member;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds out which members are not heard of any more, by this member's own clock alone: one whose
 * beat was the same in two readings of the record that lie a lease apart. For one thread.
 */
final class Signs {
  private final long leaseNanos;
  private final Map<String, Seen> seen = new HashMap<>();

  Signs(Duration lease) {
    this.leaseNanos = lease.toNanos();
  }

  private record Seen(long beat, long at) {}

  /**
   * Looks at a reading of the record.
   *
   * @param asked when it was asked for
   * @param came when it came
   * @return those whose lease is over
   */
  List<String> look(Map<String, Member> members, long asked, long came) {
    seen.keySet().retainAll(members.keySet());
    members.forEach(
        (id, member) -> {
          Seen before = seen.get(id);
          if (before == null || before.beat() != member.beat()) {
            seen.put(id, new Seen(member.beat(), came));
          }
        });
    return seen.entrySet().stream()
        .filter(entry -> asked - entry.getValue().at() >= leaseNanos)
        .map(Map.Entry::getKey)
        .toList();
  }
}
