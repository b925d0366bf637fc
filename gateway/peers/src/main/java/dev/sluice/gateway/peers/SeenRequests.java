package dev.sluice.gateway.peers;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Takes no request twice. Each asker counts its requests, and of each the latest {@value #WINDOW}
 * are remembered; older ones are not taken at all. An asker is forgotten once everything that it
 * has sent is too old to be taken, so the number of askers is bounded by how many can begin
 * meanwhile, and by {@value #MOST_ASKERS}. Safe for use by any thread.
 */
final class SeenRequests {

  static final int WINDOW = 4096;
  static final int MOST_ASKERS = 1024;

  private final long lifeNanos;
  private final Map<Long, Asker> askers = new HashMap<>();

  /**
   * Has seen none.
   *
   * @param life after which a request is too old to be taken, whatever this says
   */
  SeenRequests(Duration life) {
    this.lifeNanos = life.toNanos();
  }

  /** Whether this is the first time; remembered if so. */
  synchronized boolean isFirst(long asker, long sequence, long now) {
    Asker known = askers.get(asker);
    if (known == null) {
      if (askers.size() >= MOST_ASKERS) {
        askers.values().removeIf(other -> now - other.lastNanos > lifeNanos);
      }
      if (askers.size() >= MOST_ASKERS) {
        return false;
      }
      known = new Asker();
      askers.put(asker, known);
    }
    known.lastNanos = now;
    return known.add(sequence);
  }

  private static final class Asker {
    private final long[] bits = new long[WINDOW / Long.SIZE];
    private long highest;
    private long lastNanos;

    boolean add(long sequence) {
      if (sequence <= 0 || sequence <= highest - WINDOW) {
        return false;
      }
      if (sequence > highest) {
        long cleared = Math.min(sequence - highest, WINDOW);
        for (long back = 0; back < cleared; back++) {
          bits[word(sequence - back)] &= ~bit(sequence - back);
        }
        highest = sequence;
      } else if ((bits[word(sequence)] & bit(sequence)) != 0) {
        return false;
      }
      bits[word(sequence)] |= bit(sequence);
      return true;
    }

    private static int word(long sequence) {
      return (int) (sequence % WINDOW) / Long.SIZE;
    }

    private static long bit(long sequence) {
      return 1L << (sequence % Long.SIZE);
    }
  }
}
