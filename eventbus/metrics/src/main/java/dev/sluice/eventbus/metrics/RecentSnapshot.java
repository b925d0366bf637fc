package dev.sluice.eventbus.metrics;

import dev.sluice.eventbus.BusSnapshot;
import dev.sluice.eventbus.EventBus;
import dev.sluice.lifecycle.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One look at a bus for all meters that are read within a second. */
final class RecentSnapshot {

  private static final long LONGEST_NANOS = Duration.ofSeconds(1).toNanos();

  private record Taken(BusSnapshot snapshot, long at) {}

  private final EventBus bus;
  private final Clock clock;
  private final Consumer<BusSnapshot> onNew;
  private final AtomicReference<@Nullable Taken> last = new AtomicReference<>();

  RecentSnapshot(EventBus bus, Clock clock, Consumer<BusSnapshot> onNew) {
    this.bus = bus;
    this.clock = clock;
    this.onNew = onNew;
  }

  BusSnapshot get() {
    Taken taken = last.get();
    long now = clock.nanoTime();
    if (taken != null && now - taken.at() < LONGEST_NANOS) {
      return taken.snapshot();
    }
    var fresh = new Taken(bus.inspect(), now);
    // Where several look at once, one of them tells.
    if (last.compareAndSet(taken, fresh)) {
      onNew.accept(fresh.snapshot());
    }
    return fresh.snapshot();
  }
}
