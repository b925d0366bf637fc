package dev.sluice.eventbus.dispatch;

import dev.sluice.eventbus.dispatch.Attempt.Interruption;
import dev.sluice.lifecycle.Clock;
import dev.sluice.lifecycle.Tally;
import dev.sluice.lifecycle.TimeoutScheduler.Timeout;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The attempts that run, and their time. There is one timer for all of them, and no more than a
 * hundred looks in the time of one, so that an attempt costs none. Guarded by the board.
 */
final class Slots<T> {

  private static final long SHORTEST_LOOK_NANOS = Duration.ofMillis(1).toNanos();

  private final int limit;
  private final long timeoutNanos;
  private final Timers timers;
  private final Clock clock;
  private final Runnable look;
  private final Tally tally;
  // Removed when the thread has left the handler; no more than the limit.
  private final Set<Attempt<T>> taken = new LinkedHashSet<>();
  private @Nullable Timeout nextLook;
  private boolean closed;

  /**
   * Makes one with nothing running.
   *
   * @param look has {@link #interruptOverdue} called
   */
  Slots(DispatchOptions options, DispatchRuntime runtime, Runnable look) {
    this.limit = options.concurrency();
    this.timeoutNanos = nanos(options.handlerTimeout());
    this.timers = new Timers(runtime.scheduler());
    this.clock = runtime.clock();
    this.look = look;
    this.tally = runtime.ledger().tally("handler", options.name());
  }

  private static long nanos(Duration time) {
    // So that sums with it do not overflow.
    Duration longest = Duration.ofNanos(Long.MAX_VALUE / 4);
    return time.compareTo(longest) > 0 ? longest.toNanos() : time.toNanos();
  }

  boolean isFree() {
    return taken.size() < limit;
  }

  void add(Attempt<T> attempt) {
    tally.add(1);
    taken.add(attempt);
    if (nextLook == null && !closed) {
      lookIn(timeoutNanos);
    }
  }

  void remove(Attempt<T> attempt) {
    taken.remove(attempt);
    tally.remove(1);
    letGo();
  }

  /** Has the attempts interrupted whose time is over, and looks again when the next one's is. */
  void interruptOverdue(Effects<T> effects) {
    nextLook = null;
    long now = clock.nanoTime();
    long soonest = Long.MAX_VALUE;
    for (Attempt<T> attempt : taken) {
      long remaining = attempt.remaining(now, timeoutNanos);
      if (remaining <= 0) {
        effects.interrupt(attempt, Interruption.OVERDUE);
      } else {
        soonest = Math.min(soonest, remaining);
      }
    }
    if (soonest != Long.MAX_VALUE && !closed) {
      lookIn(Math.max(soonest, Math.max(SHORTEST_LOOK_NANOS, timeoutNanos / 100)));
    }
  }

  private void lookIn(long nanos) {
    nextLook = timers.in(Duration.ofNanos(nanos), look);
  }

  void interruptAll(Effects<T> effects) {
    for (Attempt<T> attempt : taken) {
      effects.interrupt(attempt, Interruption.CLOSING);
    }
  }

  /** No timer any more; the count leaves the ledger with the last attempt. */
  void close() {
    closed = true;
    if (nextLook != null) {
      nextLook.cancel();
      nextLook = null;
    }
    letGo();
  }

  private void letGo() {
    if (closed && taken.isEmpty()) {
      tally.close();
    }
  }

  int running() {
    return taken.size();
  }

  /** Those that were interrupted and have not left. */
  int overdue() {
    int overdue = 0;
    for (Attempt<T> attempt : taken) {
      if (attempt.isOverdue()) {
        overdue++;
      }
    }
    return overdue;
  }

  /** Those whose items are not resolved, and whose flows are not revoked. */
  int ofOpen() {
    int open = 0;
    for (Attempt<T> attempt : taken) {
      if (attempt.entry.mailbox.stage == attempt && !attempt.entry.epoch.revoked) {
        open++;
      }
    }
    return open;
  }

  /** For a person: each that runs. */
  List<String> describe() {
    return taken.stream().map(Attempt::describe).toList();
  }
}
