package dev.sluice.eventbus.outbox;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * When a relay looks for work: at once when it is woken; soon and then ever less soon when an event
 * was appended, whose transaction has yet to commit; otherwise every interval. Wakes may come on
 * any thread; one thread waits.
 */
final class Wakes {
  private static final long SOON = Duration.ofMillis(5).toNanos();

  /** However much is appended, it is not looked for more often than that on average. */
  private static final long OFTEN = 8 * SOON;

  private final Semaphore wakes = new Semaphore(0);
  private final AtomicBoolean atOnce = new AtomicBoolean();

  /** The next pause. */
  private final AtomicLong pause = new AtomicLong(SOON);

  /** There is something to do. */
  void wake() {
    atOnce.set(true);
    wakes.release();
  }

  /** There will be something to do, unless a transaction rolls back. */
  void expect() {
    if (pause.getAndUpdate(now -> now > OFTEN ? SOON : now) > OFTEN) {
      wakes.release();
    }
  }

  /** There was something to do, so that there may soon be more. */
  void found() {
    pause.set(SOON);
  }

  /** The pause that is due, at most this long; the one after it is twice as long. */
  Duration nextPause(Duration longest) {
    long most = longest.toNanos();
    long due = pause.getAndUpdate(now -> now >= most ? Long.MAX_VALUE : now * 2);
    return Duration.ofNanos(Math.min(due, most));
  }

  /** Waits until it is time to look, at most this long. */
  void await(Duration longest) throws InterruptedException {
    long due = nextPause(longest).toNanos();
    boolean woken = wakes.tryAcquire(due, TimeUnit.NANOSECONDS);
    if (woken && !atOnce.get()) {
      boolean unused = wakes.tryAcquire(Math.min(SOON, longest.toNanos()), TimeUnit.NANOSECONDS);
    }
    atOnce.set(false);
    wakes.drainPermits();
  }
}
