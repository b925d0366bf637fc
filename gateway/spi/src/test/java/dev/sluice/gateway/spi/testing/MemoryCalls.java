package dev.sluice.gateway.spi.testing;

import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.Loop;
import dev.sluice.gateway.spi.Loops;
import dev.sluice.gateway.spi.Receiving;
import dev.sluice.gateway.spi.testing.MemoryFaults.Operation;
import dev.sluice.lifecycle.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How the calls of one upstream in memory begin and end: on their loops, with the faults asked for.
 */
final class MemoryCalls {

  private final MemoryCluster cluster;
  private final Loops loops;
  private final Clock clock;
  private final boolean immediate;
  private final MemoryFaults faults;
  private final Set<MemoryWait<?>> waits = ConcurrentHashMap.newKeySet();
  private volatile boolean started;
  private volatile boolean closing;

  MemoryCalls(
      MemoryCluster cluster, Loops loops, Clock clock, boolean immediate, MemoryFaults faults) {
    this.cluster = cluster;
    this.loops = loops;
    this.clock = clock;
    this.immediate = immediate;
    this.faults = faults;
  }

  MemoryCluster cluster() {
    return cluster;
  }

  MemoryFaults faults() {
    return faults;
  }

  Clock clock() {
    return clock;
  }

  long now() {
    return clock.currentTimeMillis();
  }

  Loop loop() {
    return loops.current();
  }

  void started() {
    started = true;
  }

  boolean isStarted() {
    return started;
  }

  /** Ends what waits, and refuses what comes; false where it did already. */
  boolean close() {
    if (closing) {
      return false;
    }
    closing = true;
    waits.forEach(wait -> wait.end(unavailable()));
    return true;
  }

  <T> Receiving await(
      Operation operation, Duration maxWait, MemoryWait.Look<T> look, Completion<T> completion) {
    var wait = new MemoryWait<>(this, operation, loops.current(), maxWait, look, completion);
    waits.add(wait);
    begin(operation, wait.loop(), wait::begin);
    return wait;
  }

  void forget(MemoryWait<?> wait) {
    waits.remove(wait);
  }

  @Nullable GatewayException failureOf(Operation operation) {
    GatewayException failure = faults.nextFailure(operation);
    if (failure != null) {
      return failure;
    }
    return closing || (!started && operation != Operation.START) ? unavailable() : null;
  }

  private static GatewayException unavailable() {
    return GatewayException.unavailable("memory upstream: closed (expected: open)", null);
  }

  void run(Operation operation, Completion<Void> completion, Runnable effect) {
    call(
        operation,
        new Completion<Boolean>() {
          @Override
          public void done(Boolean value) {
            Completion.succeed(completion);
          }

          @Override
          public void failed(GatewayException failure) {
            completion.failed(failure);
          }
        },
        () -> {
          effect.run();
          return true;
        });
  }

  <T> void call(Operation operation, Completion<T> completion, Supplier<T> effect) {
    begin(
        operation,
        loops.current(),
        () -> {
          GatewayException failure = failureOf(operation);
          T value = null;
          if (failure == null) {
            try {
              value = effect.get();
            } catch (GatewayException e) {
              failure = e;
            }
          }
          if (failure != null) {
            completion.failed(failure);
          } else {
            completion.done(Objects.requireNonNull(value));
          }
        });
  }

  void begin(Operation operation, Loop loop, Runnable effect) {
    faults.count(operation);
    Duration delay = faults.delayOf(operation);
    Runnable later =
        () -> {
          if (delay.isZero()) {
            loop.execute(effect);
          } else {
            loop.schedule(effect, delay);
          }
        };
    if (faults.holdIfAsked(operation, later)) {
      return;
    }
    if (immediate && delay.isZero() && loop.inLoop()) {
      effect.run();
    } else {
      later.run();
    }
  }
}
