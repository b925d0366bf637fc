package dev.sluice.proofs;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Lets time pass between two looks at something that another process does. */
final class Pause {

  private Pause() {}

  static void of(Duration time) throws InterruptedException {
    var _ = new CountDownLatch(1).await(time.toNanos(), TimeUnit.NANOSECONDS);
  }
}
