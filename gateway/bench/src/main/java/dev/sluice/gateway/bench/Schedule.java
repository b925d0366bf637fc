package dev.sluice.gateway.bench;

import java.util.concurrent.TimeUnit;

/**
 * The messages of one connection at a rate: all connections' messages together are due at equal
 * intervals, each connection's in its turn. Times are worked out from the start, so that no error
 * adds up however long it runs.
 */
final class Schedule implements Pacing {
  /** How finely {@link #missed} tells. */
  private static final long GROUPS = 10_000;

  private final long start;
  private final long counted;
  private final double interval;
  private final double first;
  private long next;
  private boolean counting;

  /**
   * The messages of one connection.
   *
   * @param start when the first message of the first connection is due
   * @param counted when messages begin to count: what is late then from before is left out, as it
   *     would be waited for in vain
   * @param perSecond of all connections together
   */
  Schedule(long start, long counted, double perSecond, int connection, int connections) {
    double apart = TimeUnit.SECONDS.toNanos(1) / perSecond;
    this.start = start;
    this.counted = counted;
    this.interval = apart * connections;
    this.first = apart * connection;
  }

  @Override
  public long due(long now) {
    if (!counting && now - counted >= 0) {
      counting = true;
      next = Math.max(next, numberAt(counted));
    }
    return dueAt(next);
  }

  @Override
  public void begun() {
    next++;
  }

  @Override
  public void missed(long end, Missed each) {
    // Begins to count, if nothing has asked since.
    due(end);
    long after = numberAt(end);
    long together = Math.max(1, (after - next) / GROUPS);
    while (next < after) {
      long count = Math.min(together, after - next);
      next += count;
      each.take(dueAt(next - 1), count);
    }
  }

  private long dueAt(long number) {
    return start + Math.round(first + number * interval);
  }

  /** The first message that is due at this time or later. */
  private long numberAt(long time) {
    long number = Math.max(0, (long) ((time - start - first) / interval));
    while (dueAt(number) - time < 0) {
      number++;
    }
    return number;
  }
}
