package dev.sluice.rocketmq.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Completions share a thread, and none waits behind one that blocks. */
class CompletionsTest {
  private final Queue<Runnable> timers = new ArrayDeque<>();

  /** Begins each task when it is told to, on this thread. */
  private final Queue<Runnable> begun = new ArrayDeque<>();

  private final Queue<Throwable> thrown = new ConcurrentLinkedQueue<>();

  private static final Executor VIRTUAL = task -> Thread.ofVirtual().start(task);

  private void byHand(Runnable task, Duration delay) {
    timers.add(task);
  }

  @Test
  void thoseThatComeTogetherShareOneThreadAndKeepTheirOrder() {
    var completions = new Completions(begun::add, this::byHand, thrown::add);
    List<Integer> ran = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      int number = i;
      completions.run(() -> ran.add(number));
    }

    assertThat(begun).hasSize(1);
    begun.remove().run();

    assertThat(ran).containsExactly(0, 1, 2, 3, 4);
    completions.run(() -> ran.add(5));
    begun.remove().run();
    assertThat(ran).endsWith(5);
  }

  @Test
  void whatOneThrowsIsToldAndKeepsNoneFromRunning() {
    var completions = new Completions(begun::add, this::byHand, thrown::add);
    List<Integer> ran = new ArrayList<>();
    var unchecked = new IllegalStateException("by an application");
    var error = new AssertionError("by another");
    completions.run(() -> fail(unchecked));
    completions.run(() -> ran.add(1));
    completions.run(() -> fail(error));
    completions.run(() -> ran.add(2));

    begun.remove().run();

    assertThat(ran).containsExactly(1, 2);
    assertThat(thrown).containsExactly(unchecked, error);
    completions.run(() -> ran.add(3));
    assertThat(begun).as("another thread for what comes later").hasSize(1);
    begun.remove().run();
    assertThat(ran).containsExactly(1, 2, 3);
  }

  @Test
  void whatOneThrowsThatHasAThreadOfItsOwnIsToldToo() {
    var completions = new Completions(begun::add, this::byHand, thrown::add);
    var unchecked = new IllegalStateException("by an application");
    completions.run(() -> fail(unchecked));

    // Nobody has begun with it within two ticks.
    timers.remove().run();
    timers.remove().run();
    begun.remove();
    begun.remove().run();

    assertThat(thrown).containsExactly(unchecked);
  }

  /** For lambdas that have no value and throw. */
  private static void fail(Throwable failure) {
    switch (failure) {
      case RuntimeException unchecked -> throw unchecked;
      case Error error -> throw error;
      default -> throw new IllegalArgumentException(failure);
    }
  }

  @Test
  void noneWaitsBehindOneThatBlocks() throws InterruptedException {
    var completions = new Completions(VIRTUAL, this::byHand, thrown::add);
    var blocks = new CountDownLatch(1);
    var ran = new CountDownLatch(2);
    var parked = new AtomicInteger();
    completions.run(
        () -> {
          parked.incrementAndGet();
          try {
            blocks.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> parked.get() == 1);
    completions.run(ran::countDown);
    completions.run(ran::countDown);

    // Whatever the blocked one's thread was seen as, two ticks free those behind it.
    timers.remove().run();
    timers.remove().run();

    assertThat(ran.await(30, TimeUnit.SECONDS)).isTrue();
    blocks.countDown();
  }

  @Test
  void ticksEndWhenNothingIsLeft() {
    var completions = new Completions(begun::add, this::byHand, thrown::add);
    completions.run(() -> {});
    begun.remove().run();

    timers.remove().run();

    assertThat(timers).isEmpty();
  }

  @Test
  void withoutATimerEachHasAThread() {
    var completions =
        new Completions(
            begun::add,
            (task, delay) -> {
              throw new RejectedExecutionException("closed");
            },
            thrown::add);
    List<Integer> ran = new ArrayList<>();
    completions.run(() -> ran.add(1));

    begun.forEach(Runnable::run);

    assertThat(ran).containsExactly(1);
  }
}
