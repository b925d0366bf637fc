package dev.sluice.rocketmq.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A reply that counts how often it was completed and remembers how and where. */
final class CountedReply<T> implements Reply<T> {
  final AtomicInteger completions = new AtomicInteger();
  private final CountDownLatch first = new CountDownLatch(1);
  volatile T value;
  volatile ClientException failure;
  volatile Thread thread;

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

  CountedReply<T> await() {
    try {
      assertThat(first.await(20, TimeUnit.SECONDS)).as("completed").isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    return this;
  }

  /** The failure's category, of a call that has failed exactly once. */
  FailureCategory category() {
    await();
    assertThat(completions).hasValue(1);
    assertThat(failure).as("failure").isNotNull();
    return failure.category();
  }
}
