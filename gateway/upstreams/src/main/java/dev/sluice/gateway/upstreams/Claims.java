package dev.sluice.gateway.upstreams;

import dev.sluice.gateway.upstreams.GatewaySettings.UpstreamSettings;
import dev.sluice.gateway.upstreams.UpstreamLease.Idle;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** Who lays claim to one shared upstream: leases, and calls under way. For any thread. */
final class Claims {

  private final AtomicInteger producers = new AtomicInteger();
  private final AtomicInteger consumers = new AtomicInteger();
  private final AtomicInteger pins = new AtomicInteger();
  private volatile Idle last = Idle.PRODUCER;

  void add(Idle idle) {
    count(idle).incrementAndGet();
  }

  /** Whether it was the last claim. */
  boolean remove(Idle idle) {
    last = idle;
    return count(idle).decrementAndGet() == 0 && !any();
  }

  void pin() {
    pins.incrementAndGet();
  }

  /** Whether it was the last claim. */
  boolean unpin() {
    return pins.decrementAndGet() == 0 && !any();
  }

  boolean pinned() {
    return pins.get() > 0;
  }

  boolean ofProducers() {
    return producers.get() > 0;
  }

  boolean any() {
    return producers.get() + consumers.get() + pins.get() > 0;
  }

  /** How long the upstream may stay open unused: as consumers have it while there are any. */
  Duration idleTime(UpstreamSettings settings) {
    Idle decides = last;
    if (consumers.get() > 0) {
      decides = Idle.CONSUMER;
    } else if (producers.get() > 0) {
      decides = Idle.PRODUCER;
    }
    return decides == Idle.PRODUCER ? settings.producerIdle() : settings.consumerIdle();
  }

  private AtomicInteger count(Idle idle) {
    return switch (idle) {
      case PRODUCER -> producers;
      case CONSUMER -> consumers;
      case PINNED -> pins;
    };
  }
}
