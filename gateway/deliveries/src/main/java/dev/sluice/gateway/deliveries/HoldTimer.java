package dev.sluice.gateway.deliveries;

import dev.sluice.gateway.spi.Loop;
import dev.sluice.gateway.upstreams.Instance;
import java.time.Duration;
import java.util.function.Consumer;

/** Finds the deliveries of one loop about which something is to be done; ticks while there are. */
final class HoldTimer {

  private static final Duration TICK = Duration.ofNanos(HoldWheel.TICK_NANOS);

  private final Instance instance;
  private final Loop loop;
  private final Consumer<Held> due;
  private final HoldWheel wheel = new HoldWheel();
  private boolean ticking;
  private boolean closed;

  /**
   * Makes one without deliveries.
   *
   * @param due called on the loop with each that is due, up to a tick late; it is not waited for
   *     any more
   */
  HoldTimer(Instance instance, Loop loop, Consumer<Held> due) {
    this.instance = instance;
    this.loop = loop;
    this.due = due;
  }

  /** Sets when something is to be done about it, on the monotonic clock. */
  void set(Held held, long dueNanos, long now) {
    wheel.remove(held);
    wheel.add(held, dueNanos, now);
    tickLater();
  }

  /** Nothing is to be done about it any more. */
  void remove(Held held) {
    wheel.remove(held);
  }

  void close() {
    closed = true;
  }

  private void tickLater() {
    if (!ticking && !closed) {
      ticking = true;
      var _ = loop.schedule(this::tick, TICK);
    }
  }

  private void tick() {
    ticking = false;
    if (closed) {
      return;
    }
    wheel.advance(instance.clock().nanoTime(), due);
    if (wheel.size() > 0) {
      tickLater();
    }
  }
}
