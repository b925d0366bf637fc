package dev.sluice.gateway.core;

import dev.sluice.gateway.spi.Cancellable;
import dev.sluice.gateway.spi.Loop;
import dev.sluice.gateway.upstreams.SharedUpstream;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Keeps upstreams open for a while after something happened that a message system may ask about.
 * Belongs to one loop.
 */
final class Linger {

  private final Loop loop;
  private final Duration time;
  // An entry ends by its timer; bounded by the upstreams, which it keeps open.
  private final Map<SharedUpstream, Cancellable> timers = new HashMap<>();
  private boolean closed;

  Linger(Loop loop, Duration time) {
    this.loop = loop;
    this.time = time;
  }

  /** Keeps the upstream open from now on; from any thread. */
  void on(SharedUpstream upstream) {
    upstream.pin();
    loop.execute(() -> begin(upstream));
  }

  private void begin(SharedUpstream upstream) {
    if (closed) {
      upstream.unpin();
      return;
    }
    Cancellable before = timers.put(upstream, loop.schedule(() -> end(upstream), time));
    if (before != null) {
      before.cancel();
      upstream.unpin();
    }
  }

  private void end(SharedUpstream upstream) {
    if (timers.remove(upstream) != null) {
      upstream.unpin();
    }
  }

  /** Lets go of all, from any thread. */
  void close() {
    loop.execute(
        () -> {
          closed = true;
          timers.forEach(
              (upstream, timer) -> {
                timer.cancel();
                upstream.unpin();
              });
          timers.clear();
        });
  }
}
