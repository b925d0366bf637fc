package dev.sluice.benchmarks.load;

import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Keeps a number of asynchronous sends in flight: each answer starts the next. */
final class SendsInFlight {
  private static final int LATE_SECONDS = 60;

  private final Sender sender;
  private final byte[] body;
  private final CountDownLatch ended;
  private final LongAdder stored = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final AtomicReference<String> firstFailure = new AtomicReference<>("");
  private volatile @Nullable Report report;
  private volatile boolean stopping;

  SendsInFlight(Sender sender, byte[] body, int inFlight) {
    this.sender = sender;
    this.body = body;
    this.ended = new CountDownLatch(inFlight);
  }

  void run(int warmUpSeconds, int measureSeconds) throws InterruptedException {
    for (long i = ended.getCount(); i > 0; i--) {
      next();
    }
    pause(warmUpSeconds);
    awaitStored(1);
    long storedBefore = stored.sum();
    long failedBefore = failed.sum();
    Report measured = Report.begin();
    report = measured;
    pause(measureSeconds);
    awaitStored(storedBefore + 1);
    measured.end(
        stored.sum() - storedBefore,
        failed.sum() - failedBefore,
        0,
        Objects.requireNonNull(firstFailure.get()));
    stopping = true;
    if (!ended.await(LATE_SECONDS, TimeUnit.SECONDS)) {
      throw new IllegalStateException(ended.getCount() + " sends were never answered");
    }
  }

  private void pause(int seconds) throws InterruptedException {
    if (ended.await(seconds, TimeUnit.SECONDS)) {
      throw new IllegalStateException("no send goes on: " + firstFailure.get());
    }
  }

  /** A client's first message may take its time, on a machine that is busy. */
  private void awaitStored(long count) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LATE_SECONDS);
    while (stored.sum() < count && System.nanoTime() - end < 0) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
  }

  private void next() {
    if (stopping) {
      ended.countDown();
      return;
    }
    long begin = System.nanoTime();
    try {
      sender.sendAsync(body, failure -> over(begin, failure));
    } catch (Exception e) {
      // No loop may go on without a pause where sends fail at once.
      failed(e);
      ended.countDown();
    }
  }

  private void over(long begin, @Nullable Throwable failure) {
    Report measuring = report;
    if (measuring != null) {
      measuring.latency(System.nanoTime() - begin);
    }
    if (failure == null) {
      stored.increment();
    } else {
      failed(failure);
    }
    next();
  }

  private void failed(Throwable failure) {
    failed.increment();
    firstFailure.compareAndSet("", failure.toString());
  }
}
