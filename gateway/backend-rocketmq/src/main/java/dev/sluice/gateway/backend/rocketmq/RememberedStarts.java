package dev.sluice.gateway.backend.rocketmq;

import dev.sluice.lifecycle.Clock;
import dev.sluice.rocketmq.remoting.TopicQueue;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Where groups started, until their broker surely has it on disk. Bounded, since callers name
 * groups and topics: beyond {@link #MOST} some are forgotten before their time. Safe for use by
 * several threads.
 */
final class RememberedStarts {
  static final int MOST = 10_000;

  /** A broker has written offsets to disk by then, many times over. */
  static final Duration REMEMBERED = Duration.ofSeconds(60);

  /** No broker is lost and back within this time. */
  private static final Duration SOUND = Duration.ofSeconds(1);

  /** A topic of a group. */
  record TopicOfGroup(String topic, String group) {}

  /** Where the group starts in one of the topic's queues. */
  record Position(TopicQueue queue, long offset) {}

  /**
   * Where the queues of a topic started for a group.
   *
   * @param forgetAt when the broker surely has it on disk
   * @param checkAt when to ask the broker again whether it still has it
   */
  private record Started(List<Position> positions, long forgetAt, long checkAt) {}

  private final Clock clock;
  // Entries are removed when the subscription ends, when one that comes a little later finds them
  // expired, and where they are too many.
  private final Map<TopicOfGroup, Started> started = new ConcurrentHashMap<>();
  private final AtomicLong nextSweep;

  RememberedStarts(Clock clock) {
    this.clock = clock;
    this.nextSweep = new AtomicLong(clock.nanoTime());
  }

  void put(TopicOfGroup key, List<Position> positions) {
    sweep();
    if (started.size() >= MOST) {
      Iterator<TopicOfGroup> any = started.keySet().iterator();
      any.next();
      any.remove();
    }
    started.put(key, new Started(positions, clock.nanoTime() + REMEMBERED.toNanos(), nextCheck()));
  }

  /** Forgets those that a broker has on disk by now; not each time, as it looks at all. */
  private void sweep() {
    long now = clock.nanoTime();
    long due = nextSweep.get();
    if (now - due >= 0 && nextSweep.compareAndSet(due, now + SOUND.toNanos())) {
      started.values().removeIf(each -> isPast(each.forgetAt));
    }
  }

  /** The positions; empty where none are remembered. */
  List<Position> get(TopicOfGroup key) {
    Started each = started.get(key);
    return each == null ? List.of() : each.positions;
  }

  void remove(TopicOfGroup key) {
    started.remove(key);
  }

  /** Its broker may have lost it. */
  void suspect(TopicOfGroup key) {
    started.computeIfPresent(
        key, (same, each) -> new Started(each.positions, each.forgetAt, clock.nanoTime()));
  }

  /** Its broker still has it. */
  void found(TopicOfGroup key) {
    started.computeIfPresent(
        key, (same, each) -> new Started(each.positions, each.forgetAt, nextCheck()));
  }

  /** Whether its broker cannot have lost it. */
  boolean isSound(String topic, String group) {
    Started each = started.isEmpty() ? null : started.get(new TopicOfGroup(topic, group));
    return each == null || !isPast(each.checkAt) || isPast(each.forgetAt);
  }

  int size() {
    return started.size();
  }

  private long nextCheck() {
    return clock.nanoTime() + SOUND.toNanos();
  }

  private boolean isPast(long nanoTime) {
    return nanoTime - clock.nanoTime() <= 0;
  }
}
