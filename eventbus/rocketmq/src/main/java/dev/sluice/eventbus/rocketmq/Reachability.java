package dev.sluice.eventbus.rocketmq;

import dev.sluice.eventbus.transport.TransportHealth;
import java.util.concurrent.atomic.LongAdder;

/** Whether brokers answer, by what was asked last. Safe for all threads. */
final class Reachability {
  private volatile Last last = new Last(false, "no broker was reached yet");
  private final LongAdder rebalances = new LongAdder();

  private record Last(boolean up, String detail) {}

  private static final Last UP = new Last(true, "connected");

  void reached() {
    if (!last.up) {
      last = UP;
    }
  }

  void failed(Throwable failure) {
    last = new Last(false, String.valueOf(failure.getMessage()));
  }

  void rebalanced() {
    rebalances.increment();
  }

  TransportHealth health() {
    Last now = last;
    return new TransportHealth(now.up, now.detail, rebalances.sum());
  }
}
