package dev.sluice.testkit;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;

/** Makes what is unreachable known to the reference queues. */
final class GarbageCollection {

  private static final int LONGEST_WAIT_MILLIS = 500;

  private GarbageCollection() {}

  /**
   * Collects, and returns when a fresh piece of garbage has arrived at its reference queue, or at
   * an interrupt, which stays set.
   */
  static void await() {
    try {
      collect();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void collect() throws InterruptedException {
    var queue = new ReferenceQueue<Object>();
    var canary = new WeakReference<Object>(new byte[1], queue);
    for (int round = 0; round < 3; round++) {
      System.gc();
      if (canary.equals(queue.remove(LONGEST_WAIT_MILLIS))) {
        return;
      }
    }
  }
}
