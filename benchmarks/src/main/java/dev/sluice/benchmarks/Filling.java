package dev.sluice.benchmarks;

import io.grpc.ManagedChannel;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** Sends a number of messages, every one of which must be stored once. */
final class Filling {

  private static final int PATIENCE_MINUTES = 10;

  private final ManagedChannel channel;
  private final SendWorkload workload;
  private final int inFlight;
  private final AtomicInteger toSend;
  private final CountDownLatch missing;
  private final AtomicReference<String> failure = new AtomicReference<>("");

  Filling(ManagedChannel channel, SendWorkload workload, int count, int inFlight) {
    this.channel = channel;
    this.workload = workload;
    this.inFlight = inFlight;
    this.toSend = new AtomicInteger(count);
    this.missing = new CountDownLatch(count);
  }

  /** Returns when all are stored. */
  void run() throws InterruptedException {
    for (int i = 0; i < inFlight; i++) {
      sendNext();
    }
    boolean all = missing.await(PATIENCE_MINUTES, TimeUnit.MINUTES);
    String seen = failure.get();
    if (!all || (seen != null && !seen.isEmpty())) {
      throw new IllegalStateException(missing.getCount() + " were not stored; " + seen);
    }
  }

  private void sendNext() {
    if (toSend.getAndDecrement() <= 0) {
      return;
    }
    workload.send(
        channel,
        ended -> {
          if (!ended.isEmpty()) {
            failure.compareAndSet("", ended);
          }
          missing.countDown();
          sendNext();
        });
  }
}
