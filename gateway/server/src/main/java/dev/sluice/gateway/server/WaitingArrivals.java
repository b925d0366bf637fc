package dev.sluice.gateway.server;

import dev.sluice.gateway.server.Arrivals.Arrival;
import dev.sluice.gateway.spi.Loop;
import dev.sluice.lifecycle.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One loop's requests that are not complete, the oldest first. All may take equally long, so only
 * the first has to be looked at. Only touched on its loop, except {@link #kept}.
 */
final class WaitingArrivals {
  private static final Duration LOOK = Duration.ofSeconds(1);

  private final Loop loop;
  private final Clock clock;
  private final Duration longest;
  private final Duration look;
  // Written on the loop alone.
  private final AtomicLong kept = new AtomicLong();
  private @Nullable Arrival first;
  private @Nullable Arrival last;
  private boolean looking;

  WaitingArrivals(Loop loop, Clock clock, Duration longest) {
    this.loop = loop;
    this.clock = clock;
    this.longest = longest;
    this.look = longest.compareTo(LOOK) < 0 ? longest : LOOK;
  }

  Loop loop() {
    return loop;
  }

  /** Counts so many bytes more, or less. */
  void keep(long bytes) {
    kept.setRelease(kept.getPlain() + bytes);
  }

  /** Bytes of what has arrived on this loop; for any thread. */
  long kept() {
    return kept.getAcquire();
  }

  void add(Arrival arrival) {
    Arrival previous = last;
    arrival.before = previous;
    last = arrival;
    if (previous == null) {
      first = arrival;
    } else {
      previous.after = arrival;
    }
    lookLater();
  }

  /** False where it was not there. */
  boolean remove(Arrival arrival) {
    Arrival previous = arrival.before;
    Arrival next = arrival.after;
    if (previous == null && !arrival.equals(first)) {
      return false;
    }
    if (previous == null) {
      first = next;
    } else {
      previous.after = next;
    }
    if (next == null) {
      last = previous;
    } else {
      next.before = previous;
    }
    arrival.before = null;
    arrival.after = null;
    return true;
  }

  /** At most one look is ahead, and none where nothing waits: most requests see none. */
  private void lookLater() {
    if (!looking) {
      looking = true;
      var _ = loop.schedule(this::look, look);
    }
  }

  private void look() {
    looking = false;
    long now = clock.nanoTime();
    for (Arrival oldest = first; oldest != null; oldest = first) {
      if (now - oldest.sinceNanos < longest.toNanos()) {
        lookLater();
        return;
      }
      oldest.late();
    }
  }
}
