package dev.sluice.rocketmq.remoting;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A reply that counts how often it was completed and remembers how and where. */
final class CountedReply<T> implements Reply<T> {
  final AtomicInteger completions = new AtomicInteger();
  private final CountDownLatch first = new CountDownLatch(1);
  private volatile @Nullable T value;
  private volatile @Nullable ClientException failure;
  private volatile @Nullable Thread thread;

  @Override
  public void done(T done) {
    value = done;
    over();
  }

  @Override
  public void failed(ClientException failed) {
    failure = failed;
    over();
  }

  private void over() {
    thread = Thread.currentThread();
    completions.incrementAndGet();
    first.countDown();
  }

  void await() {
    try {
      assertThat(first.await(60, TimeUnit.SECONDS)).as("completed").isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** What the call gave, once it has. */
  T value() {
    await();
    return Objects.requireNonNull(value, () -> "value of a call that failed: " + failure);
  }

  /** How the call failed, once it has. */
  ClientException failure() {
    await();
    return Objects.requireNonNull(failure, "failure of a call that succeeded");
  }

  boolean hasFailed() {
    return failure != null;
  }

  Thread thread() {
    await();
    return Objects.requireNonNull(thread);
  }

  /** The failure's category, of a call that has failed exactly once. */
  FailureCategory category() {
    await();
    assertThat(completions).hasValue(1);
    return failure().category();
  }
}
