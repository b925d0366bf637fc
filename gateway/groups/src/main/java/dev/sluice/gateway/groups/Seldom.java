package dev.sluice.gateway.groups;

import dev.sluice.lifecycle.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** Lets something be told once in a while, however often it happens. Safe for use by any thread. */
final class Seldom {

  private final Clock clock;
  private final long pause;
  private final AtomicLong next;

  Seldom(Clock clock, Duration pause) {
    this.clock = clock;
    this.pause = pause.toNanos();
    this.next = new AtomicLong(clock.nanoTime());
  }

  /** Whether it may be told now. */
  boolean now() {
    long due = next.get();
    long time = clock.nanoTime();
    return time - due >= 0 && next.compareAndSet(due, time + pause);
  }
}
