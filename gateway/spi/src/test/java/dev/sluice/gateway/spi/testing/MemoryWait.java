package dev.sluice.gateway.spi.testing;

import dev.sluice.gateway.spi.Cancellable;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.Loop;
import dev.sluice.gateway.spi.Receiving;
import dev.sluice.gateway.spi.testing.MemoryFaults.Operation;
import dev.sluice.lifecycle.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One call that may wait for messages; runs on its caller's loop. */
final class MemoryWait<T> implements Receiving {

  /** Looks for messages; called under the cluster's lock. */
  interface Look<T> {

    /** What there is now; null where there is nothing yet. */
    @Nullable T now(long now);

    /** When there may be something without anything being sent, or the largest long. */
    long next(long now);

    /** What is answered when nothing came. */
    T nothing();
  }

  private final MemoryCalls calls;
  private final Operation operation;
  private final Loop loop;
  private final Clock clock;
  private final Look<T> look;
  private final Completion<T> completion;
  private final Runnable watcher;
  private final long endsAt;
  private Cancellable timer = Cancellable.NONE;
  private boolean begun;
  private boolean hastened;
  private boolean over;

  MemoryWait(
      MemoryCalls calls,
      Operation operation,
      Loop loop,
      Duration maxWait,
      Look<T> look,
      Completion<T> completion) {
    this.calls = calls;
    this.operation = operation;
    this.loop = loop;
    this.clock = calls.clock();
    this.look = look;
    this.completion = completion;
    this.watcher = () -> loop.execute(this::look);
    this.endsAt = calls.now() + maxWait.toMillis();
  }

  Loop loop() {
    return loop;
  }

  void begin() {
    if (over) {
      return;
    }
    begun = true;
    GatewayException failure = calls.failureOf(operation);
    if (failure != null) {
      fail(failure);
      return;
    }
    calls.cluster().watch(watcher);
    look();
  }

  private void look() {
    if (over) {
      return;
    }
    timer.cancel();
    T found;
    long next;
    long now = clock.currentTimeMillis();
    try {
      synchronized (calls.cluster()) {
        found = look.now(now);
        next = look.next(now);
        if (found == null && (hastened || now >= endsAt)) {
          found = look.nothing();
        }
      }
    } catch (GatewayException e) {
      fail(e);
      return;
    }
    if (found == null) {
      timer = loop.schedule(this::look, Duration.ofMillis(Math.min(endsAt, next) - now));
    } else {
      finish();
      completion.done(found);
    }
  }

  @Override
  public void hasten() {
    loop.execute(
        () -> {
          hastened = true;
          if (begun && !over) {
            finish();
            completion.done(look.nothing());
          }
        });
  }

  @Override
  public void cancel() {
    end(
        new GatewayException(
            ErrorCategory.CANCELLED, GatewayException.Subject.NONE, operation + ": cancelled"));
  }

  void end(GatewayException failure) {
    loop.execute(() -> fail(failure));
  }

  private void fail(GatewayException failure) {
    if (!over) {
      finish();
      completion.failed(failure);
    }
  }

  private void finish() {
    over = true;
    timer.cancel();
    calls.cluster().unwatch(watcher);
    calls.forget(this);
  }
}
