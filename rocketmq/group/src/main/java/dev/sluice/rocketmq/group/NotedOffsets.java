package dev.sluice.rocketmq.group;

import dev.sluice.rocketmq.client.MessageQueue;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How far a group is in its queues, as it is known here. It is moved on by what is consumed, and
 * set elsewhere now and then; what was consumed before that and is noted later does not count, so
 * that whoever notes names the term in which it was consumed. Safe for all threads.
 */
final class NotedOffsets {
  private static final long NOTHING = -1;

  /**
   * Brokers lose one of two offsets that are the first of a group's in a topic and come at the same
   * time, and acknowledge both; the second one of a queue is safe.
   */
  private static final int SAFE = 2;

  /** Each is removed by {@link #forget}. */
  private final Map<MessageQueue, Noted> noted = new ConcurrentHashMap<>();

  /**
   * One queue's.
   *
   * @param term how often it was set elsewhere
   * @param stored what was stored of this term, or {@link #NOTHING}
   * @param times how often something was stored, up to {@link #SAFE}
   */
  private record Noted(long offset, long term, long stored, int times) {
    /** Whether it was set elsewhere since anything was stored, which says nothing then. */
    boolean isExact() {
      return term > 0 && stored == NOTHING;
    }
  }

  /**
   * What is to be stored of a queue, for {@link #stored}.
   *
   * @param first whether nothing was stored of it before, so that others are better not stored at
   *     the same time
   */
  record Unstored(long offset, long term, boolean first) {}

  /** The present term of a queue. */
  long term(MessageQueue queue) {
    Noted now = noted.get(queue);
    return now == null ? 0 : now.term;
  }

  /** Notes that the group is as far; nothing where it is farther, or in another term. */
  void advance(MessageQueue queue, long offset, long term) {
    noted.compute(queue, (key, now) -> advanced(now, offset, term));
  }

  private static @Nullable Noted advanced(@Nullable Noted now, long offset, long term) {
    if (now == null) {
      return term == 0 ? new Noted(offset, 0, NOTHING, 0) : null;
    }
    return term == now.term && offset > now.offset
        ? new Noted(offset, term, now.stored, now.times)
        : now;
  }

  /** Notes that the group is exactly there, also before where it was; begins another term. */
  void reset(MessageQueue queue, long offset) {
    noted.compute(
        queue,
        (key, now) ->
            now == null
                ? new Noted(offset, 1, NOTHING, 0)
                : new Noted(offset, now.term + 1, NOTHING, now.times));
  }

  /** How far the group is; empty where nothing is known here. */
  OptionalLong at(MessageQueue queue) {
    Noted now = noted.get(queue);
    return now == null ? OptionalLong.empty() : OptionalLong.of(now.offset);
  }

  /**
   * Where the group is, as far as it is known here and elsewhere.
   *
   * @param stored as it is stored, or less than 0
   */
  OptionalLong atOr(MessageQueue queue, long stored) {
    Noted now = noted.get(queue);
    if (now != null && (now.isExact() || now.offset > stored)) {
      return OptionalLong.of(now.offset);
    }
    return stored < 0 ? OptionalLong.empty() : OptionalLong.of(stored);
  }

  /** What of a queue is to be stored; null where all of it is, safely. */
  @Nullable Unstored unstored(MessageQueue queue) {
    Noted now = noted.get(queue);
    return now == null || (now.offset == now.stored && now.times >= SAFE)
        ? null
        : new Unstored(now.offset, now.term, now.times == 0);
  }

  /** This was stored, which counts unless the queue was forgotten or set elsewhere meanwhile. */
  void stored(MessageQueue queue, Unstored what) {
    noted.computeIfPresent(queue, (key, now) -> stored(now, what));
  }

  private static Noted stored(Noted now, Unstored what) {
    int times = Math.min(SAFE, now.times + 1);
    return now.term == what.term
        ? new Noted(now.offset, now.term, what.offset, times)
        : new Noted(now.offset, now.term, now.stored, times);
  }

  void forget(MessageQueue queue) {
    noted.remove(queue);
  }

  /** All that is known. */
  Map<MessageQueue, Long> all() {
    return noted.entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().offset));
  }
}
