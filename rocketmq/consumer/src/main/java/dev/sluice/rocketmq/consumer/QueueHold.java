package dev.sluice.rocketmq.consumer;

import java.util.concurrent.atomic.AtomicInteger;

/** Counts what one pop took of a queue and is not acknowledged. Safe for all threads. */
final class QueueHold {
  private final AtomicInteger held = new AtomicInteger();
  private final Runnable free;

  /**
   * Of a queue of which nothing is held yet.
   *
   * @param free told when all is acknowledged; short
   */
  QueueHold(Runnable free) {
    this.free = free;
  }

  /** One more is held. */
  void add() {
    held.incrementAndGet();
  }

  /** One was acknowledged. */
  void remove() {
    if (held.decrementAndGet() == 0) {
      free.run();
    }
  }
}
