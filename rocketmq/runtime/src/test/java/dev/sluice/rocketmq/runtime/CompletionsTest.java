package dev.sluice.rocketmq.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
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

  private static final Executor VIRTUAL = task -> Thread.ofVirtual().start(task);

  private void byHand(Runnable task, Duration delay) {
    timers.add(task);
  }

  @Test
  void thoseThatComeTogetherShareOneThreadAndKeepTheirOrder() {
    var completions = new Completions(begun::add, this::byHand);
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
  void noneWaitsBehindOneThatBlocks() throws InterruptedException {
    var completions = new Completions(VIRTUAL, this::byHand);
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
    var completions = new Completions(begun::add, this::byHand);
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
            });
    List<Integer> ran = new ArrayList<>();
    completions.run(() -> ran.add(1));

    begun.forEach(Runnable::run);

    assertThat(ran).containsExactly(1);
  }
}
