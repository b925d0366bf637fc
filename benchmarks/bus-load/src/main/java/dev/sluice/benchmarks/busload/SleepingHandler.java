package dev.sluice.benchmarks.busload;

import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Handles the messages of a plan, which sleeps, and watches that each comes and that those of an
 * order neither overlap nor overtake each other. For any thread.
 */
public final class SleepingHandler {

  private static final int BODY_BYTES = Integer.BYTES;

  private final SleepPlan plan;
  private final AtomicIntegerArray seen;
  private final AtomicIntegerArray running;
  private final AtomicIntegerArray last;
  private final AtomicInteger violations = new AtomicInteger();
  private final AtomicInteger repeated = new AtomicInteger();
  private final AtomicInteger missing;
  private final AtomicLong begun = new AtomicLong();
  private final AtomicLong first = new AtomicLong();
  private final CountDownLatch done = new CountDownLatch(1);
  private volatile long ended;

  /** None of it has come yet. */
  public SleepingHandler(SleepPlan plan) {
    this.plan = plan;
    this.seen = new AtomicIntegerArray(plan.count());
    this.running = new AtomicIntegerArray(plan.orders());
    this.last = new AtomicIntegerArray(plan.orders());
    this.missing = new AtomicInteger(plan.count());
    for (int i = 0; i < last.length(); i++) {
      last.set(i, -1);
    }
  }

  /** The body of a message of the plan, whose handler finds out by it for how long it sleeps. */
  public static byte[] body(int index) {
    return ByteBuffer.allocate(BODY_BYTES).putInt(index).array();
  }

  /** The clock starts now, unless it has: messages may be fetched from now on. */
  public void begin() {
    begun.compareAndSet(0, System.nanoTime());
  }

  /** Handles one. */
  public void handle(byte[] body) throws InterruptedException {
    int index = ByteBuffer.wrap(body).getInt();
    int order = plan.order(index);
    first.compareAndSet(0, System.nanoTime());
    if (running.incrementAndGet(order) > 1
        || last.getAndAccumulate(order, index, Math::max) >= index) {
      violations.incrementAndGet();
    }
    int micros = plan.micros(index);
    if (micros > 0) {
      TimeUnit.MICROSECONDS.sleep(micros);
    }
    running.decrementAndGet(order);
    if (seen.incrementAndGet(index) > 1) {
      repeated.incrementAndGet();
    } else if (missing.decrementAndGet() == 0) {
      ended = System.nanoTime();
      done.countDown();
    }
  }

  /** Waits until all were handled; false if it takes too long. */
  public boolean await(long seconds) throws InterruptedException {
    return done.await(seconds, TimeUnit.SECONDS);
  }

  /** From the clock's start to the end of the last handler; NaN before that. */
  public double seconds() {
    return missing.get() > 0 ? Double.NaN : (ended - begun.get()) / 1e9;
  }

  /** From the clock's start to the first handler. */
  public double firstMillis() {
    return (first.get() - begun.get()) / 1e6;
  }

  /** How many did not come. */
  public int missing() {
    return missing.get();
  }

  /** How many came again. */
  public int repeated() {
    return repeated.get();
  }

  /** How often one began while another one of its order ran, or after a later one. */
  public int violations() {
    return violations.get();
  }
}
