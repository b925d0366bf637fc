package dev.sluice.gateway.spi.testing;

import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A completion that remembers, and fails the test where it is called twice. */
public final class Outcome<T> implements Completion<T> {

  private final CountDownLatch ended = new CountDownLatch(1);
  private final AtomicInteger calls = new AtomicInteger();
  private volatile @Nullable T value;
  private volatile @Nullable GatewayException failure;
  private volatile @Nullable Thread thread;

  @Override
  public void done(T result) {
    value = result;
    end();
  }

  @Override
  public void failed(GatewayException cause) {
    failure = cause;
    end();
  }

  private void end() {
    thread = Thread.currentThread();
    calls.incrementAndGet();
    ended.countDown();
  }

  /** Whether it was called. */
  public boolean isOver() {
    return calls.get() > 0;
  }

  /** How often it was called. */
  public int calls() {
    return calls.get();
  }

  /** The thread that called it. */
  public Thread thread() {
    return Objects.requireNonNull(thread, "not over");
  }

  /** Waits for the end, which must be a success. */
  public T get(Duration time) {
    await(time);
    GatewayException cause = failure;
    if (cause != null) {
      throw new AssertionError("failed: " + cause.category() + " " + cause.getMessage(), cause);
    }
    return value();
  }

  /** The value of a call that has ended in success. */
  public T value() {
    requireOver();
    GatewayException cause = failure;
    if (cause != null) {
      throw new AssertionError("failed: " + cause.category() + " " + cause.getMessage(), cause);
    }
    return Objects.requireNonNull(value, "no value");
  }

  /** Checks that a call without a value has ended in success. */
  public void succeeded() {
    requireOver();
    GatewayException cause = failure;
    if (cause != null) {
      throw new AssertionError("failed: " + cause.category() + " " + cause.getMessage(), cause);
    }
  }

  /** The failure; empty where it succeeded, or is not over. */
  public Optional<GatewayException> problem() {
    return Optional.ofNullable(failure);
  }

  /** Waits for the end of a call without a value, which must be a success. */
  public void succeeded(Duration time) {
    await(time);
    succeeded();
  }

  /** The failure of a call that has ended in one. */
  public GatewayException failure() {
    requireOver();
    return Objects.requireNonNull(failure, () -> "succeeded: " + value);
  }

  /** Waits for the end, which must be a failure. */
  public GatewayException failure(Duration time) {
    await(time);
    return failure();
  }

  /** The category of the failure of a call that has ended in one. */
  public ErrorCategory category() {
    return failure().category();
  }

  private void requireOver() {
    if (!isOver()) {
      throw new AssertionError("not over");
    }
  }

  private void await(Duration time) {
    try {
      if (!ended.await(time.toNanos(), TimeUnit.NANOSECONDS)) {
        throw new AssertionError("not over after " + time);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }
}
