package dev.sluice.gateway.upstreams;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counters by topic, for any thread and without contention. The first {@value #MAX_TOPICS} topics
 * for which something succeeded have counters of their own for as long as the process lives; all
 * others share {@link #OTHER}, so that callers cannot make up series without end.
 */
public final class TopicMetrics {

  /** How many topics have counters of their own. */
  public static final int MAX_TOPICS = 500;

  /** The name under which all other topics are counted. */
  public static final String OTHER = "other";

  /** What is counted. */
  public enum Count {
    /** Messages stored. */
    SENT,
    /** Messages whose send failed, whatever the reason. */
    SEND_FAILURES,
    /** Messages handed out. */
    RECEIVED,
    /** Messages whose acknowledgement was confirmed. */
    ACKED
  }

  /** One topic's counters. */
  public static final class Topic {
    private final Map<Count, LongAdder> adders = new EnumMap<>(Count.class);

    private Topic() {
      for (Count count : Count.values()) {
        adders.put(count, new LongAdder());
      }
    }

    /** The counter's value now. */
    public long value(Count count) {
      return adder(count).sum();
    }

    private LongAdder adder(Count count) {
      return Objects.requireNonNull(adders.get(count));
    }
  }

  // Never removed from, and bounded by MAX_TOPICS.
  private final ConcurrentMap<String, Topic> topics = new ConcurrentHashMap<>();
  private final AtomicInteger admitted = new AtomicInteger();
  private final Topic other = new Topic();

  TopicMetrics() {}

  /** Counts what succeeded. */
  public void succeeded(String topic, Count count, long n) {
    Topic known = topics.get(topic);
    add(known != null ? known : admit(topic), count, n);
  }

  /** Counts what failed, which gives no topic counters of its own. */
  public void failed(String topic, Count count) {
    add(topics.getOrDefault(topic, other), count, 1);
  }

  private static void add(Topic topic, Count count, long n) {
    topic.adder(count).add(n);
  }

  private Topic admit(String topic) {
    if (topic.equals(OTHER) || !reserve()) {
      return other;
    }
    Topic fresh = new Topic();
    Topic first = topics.putIfAbsent(topic, fresh);
    if (first == null) {
      return fresh;
    }
    admitted.decrementAndGet();
    return first;
  }

  /** Takes one of the places, if there is one. */
  private boolean reserve() {
    int taken = admitted.get();
    while (taken < MAX_TOPICS) {
      if (admitted.compareAndSet(taken, taken + 1)) {
        return true;
      }
      taken = admitted.get();
    }
    return false;
  }

  /** All counters by topic, with {@link #OTHER}. */
  public Map<String, Topic> all() {
    Map<String, Topic> all = new TreeMap<>(topics);
    all.put(OTHER, other);
    return all;
  }
}
