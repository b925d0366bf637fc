package dev.sluice.rocketmq.consumer;

import dev.sluice.lifecycle.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/** Gives up handlers that take too long. Safe for all threads. */
final class ConsumeWatch {
  private final Clock clock;
  private final long limitNanos;

  /** As many as handlers run; each leaves when it ends or is given up. */
  private final Set<Watched> running = ConcurrentHashMap.newKeySet();

  ConsumeWatch(Clock clock, Duration limit) {
    this.clock = clock;
    this.limitNanos = limit.toNanos();
  }

  /** A handler that runs on the calling thread. */
  final class Watched {
    private final long since = clock.nanoTime();
    private final Thread thread = Thread.currentThread();
    private final AtomicBoolean over = new AtomicBoolean();
    private final Runnable whenGivenUp;

    private Watched(Runnable whenGivenUp) {
      this.whenGivenUp = whenGivenUp;
    }

    /** The handler has ended; false if it was given up before. */
    boolean end() {
      running.remove(this);
      return over.compareAndSet(false, true);
    }

    private void giveUpIfLate(long now) {
      if (now - since >= limitNanos && over.compareAndSet(false, true)) {
        running.remove(this);
        whenGivenUp.run();
        thread.interrupt();
      }
    }
  }

  /**
   * A handler begins on the calling thread.
   *
   * @param whenGivenUp run, instead of what its end would bring, when it has taken too long; must
   *     not wait
   */
  Watched begin(Runnable whenGivenUp) {
    Watched watched = new Watched(whenGivenUp);
    running.add(watched);
    return watched;
  }

  /** Looks for those that have taken too long. */
  void check() {
    long now = clock.nanoTime();
    for (Watched each : running) {
      each.giveUpIfLate(now);
    }
  }
}
