package dev.sluice.gateway.access;

import dev.sluice.lifecycle.Clock;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of refused calls in the log: of the first at once, then of all together once in a while,
 * however many there are. Safe for use by any thread.
 */
final class FailureLog {
  private static final Logger LOG = LoggerFactory.getLogger(FailureLog.class);
  private static final long PAUSE = TimeUnit.SECONDS.toNanos(10);

  private final Clock clock;
  private final AtomicLong untold = new AtomicLong();
  private final AtomicLong nextAt;

  FailureLog(Clock clock) {
    this.clock = clock;
    this.nextAt = new AtomicLong(clock.nanoTime());
  }

  /** One more call of this peer was refused for this reason, which shows no secret. */
  void refused(String peer, String reason) {
    untold.incrementAndGet();
    long now = clock.nanoTime();
    long due = nextAt.get();
    if (now - due >= 0 && nextAt.compareAndSet(due, now + PAUSE)) {
      LOG.warn(
          "{} calls refused since this was last told; the last, of {}: {}",
          untold.getAndSet(0),
          peer,
          reason);
    }
  }
}
