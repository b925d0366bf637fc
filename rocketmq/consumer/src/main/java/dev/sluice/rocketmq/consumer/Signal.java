package dev.sluice.rocketmq.consumer;

import java.util.concurrent.CountDownLatch;

/**
 * Tells those who wait for something that it may have come, so that none of them holds a lock
 * meanwhile. Whoever waits takes {@link #next}, looks whether it is there, and waits if not.
 */
final class Signal {
  private volatile CountDownLatch next = new CountDownLatch(1);

  /** Opens with the next change after this call. */
  CountDownLatch next() {
    return next;
  }

  /** Something has changed. */
  void changed() {
    CountDownLatch waiting;
    synchronized (this) {
      waiting = next;
      next = new CountDownLatch(1);
    }
    waiting.countDown();
  }
}
