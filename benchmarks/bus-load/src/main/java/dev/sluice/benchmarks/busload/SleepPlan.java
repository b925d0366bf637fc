package dev.sluice.benchmarks.busload;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Messages of keys, and for how long the handler of each sleeps: the same for whoever has the same
 * numbers. Keys take turns.
 */
public final class SleepPlan {

  /** Of keys: each message may run beside each other one. */
  public static final int UNORDERED = 0;

  private static final long SEED = 20_261_127;

  private final int keys;
  private final int[] micros;

  private SleepPlan(int keys, int[] micros) {
    this.keys = keys;
    this.micros = micros;
  }

  /**
   * A plan.
   *
   * @param count of messages, above 0
   * @param keys of these, or {@link #UNORDERED}
   * @param longestMicros that a handler sleeps; from 0 to this, evenly distributed
   */
  public static SleepPlan of(int count, int keys, int longestMicros) {
    var random = new SplittableRandom(SEED);
    int[] micros = new int[count];
    Arrays.setAll(micros, i -> random.nextInt(longestMicros + 1));
    return new SleepPlan(keys, micros);
  }

  /** How many messages. */
  public int count() {
    return micros.length;
  }

  /** How many orders are to be kept, each of its own. */
  public int orders() {
    return keys == UNORDERED ? micros.length : Math.min(keys, micros.length);
  }

  /** Of which order a message is. */
  public int order(int index) {
    return index % orders();
  }

  /** The key of a message; null where it has none. */
  public @Nullable String key(int index) {
    return keys == UNORDERED ? null : "key-" + order(index);
  }

  /** For how long the handler of a message sleeps, in microseconds. */
  public int micros(int index) {
    return micros[index];
  }

  /**
   * A time in nanoseconds in which no schedule can be faster: that of the longest order, or what
   * all take together when the handlers that may run at a time always do.
   */
  public long idealNanos(int concurrency) {
    long[] byOrder = new long[orders()];
    for (int i = 0; i < micros.length; i++) {
      byOrder[order(i)] += micros[i];
    }
    long longest = Arrays.stream(byOrder).max().orElse(0);
    return 1000 * Math.max(longest, Arrays.stream(byOrder).sum() / concurrency);
  }
}
