package dev.sluice.eventbus.outbox;

import dev.sluice.eventbus.Backoff;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A time in which nothing that a relay tries succeeds. Safe for all threads. */
final class Outage {
  private final Backoff backoff;
  private int failures;
  private long until;
  private @Nullable String lastError;

  Outage(Backoff backoff) {
    this.backoff = backoff;
  }

  /** It does not work. Batches that fail at the same time are one failure. */
  synchronized void failed(String error) {
    long now = System.nanoTime();
    lastError = error;
    if (failures == 0 || now - until >= 0) {
      failures++;
      until = now + backoff.after(failures).toNanos();
    }
  }

  /** It works, whatever came of single events. */
  synchronized void works(@Nullable String error) {
    failures = 0;
    lastError = error;
  }

  synchronized @Nullable String lastError() {
    return lastError;
  }

  /** For how long nothing is to be tried. */
  synchronized Duration remaining() {
    return failures == 0 ? Duration.ZERO : Duration.ofNanos(Math.max(0, until - System.nanoTime()));
  }
}
