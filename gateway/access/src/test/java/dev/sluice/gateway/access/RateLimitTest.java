package dev.sluice.gateway.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.access.RateLimit.Rate;
import dev.sluice.testkit.FakeClock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RateLimitTest {
  private final FakeClock clock = FakeClock.create();

  @Test
  void aBurstIsTakenAtOnceAndThenSoManyPerSecond() {
    RateLimit limit = new RateLimit(new Rate(10, 5), clock);

    assertThat(taken(limit, 100)).isEqualTo(5);
    assertThat(limit.take(1)).isEqualTo(Duration.ofMillis(100).toNanos());
    clock.advance(Duration.ofMillis(99));
    assertThat(taken(limit, 1)).isZero();
    clock.advance(Duration.ofMillis(1));
    assertThat(taken(limit, 100)).isOne();
    clock.advance(Duration.ofSeconds(1));
    assertThat(taken(limit, 100)).as("no more than a burst is saved").isEqualTo(5);
  }

  @Test
  void overALongTimeItIsTheRate() {
    RateLimit limit = new RateLimit(new Rate(7, 1), clock);
    int taken = 0;
    for (int i = 0; i < 100_000; i++) {
      taken += taken(limit, 1);
      clock.advance(Duration.ofMillis(1));
    }

    assertThat(taken).isBetween(699, 701);
  }

  @Test
  void severalAreTakenTogetherOrNotAtAll() {
    RateLimit limit = new RateLimit(new Rate(10, 5), clock);

    assertThat(limit.take(6)).isEqualTo(Long.MAX_VALUE);
    assertThat(limit.take(4)).isZero();
    assertThat(limit.take(2)).isEqualTo(Duration.ofMillis(100).toNanos());
    assertThat(limit.take(1)).as("what was refused was not taken").isZero();
  }

  @Test
  void otherBoundsHoldFromNowOn() {
    RateLimit limit = new RateLimit(new Rate(1, 1), clock);
    assertThat(taken(limit, 10)).isOne();

    limit.change(new Rate(1000, 10));

    clock.advance(Duration.ofSeconds(1));
    assertThat(taken(limit, 100)).isEqualTo(10);
  }

  @Test
  void manyThreadsTakeNoMoreThanOne() throws Exception {
    RateLimit limit = new RateLimit(new Rate(1, 1000), clock);
    AtomicInteger taken = new AtomicInteger();
    CountDownLatch start = new CountDownLatch(1);
    Thread[] threads = new Thread[4];
    for (int i = 0; i < threads.length; i++) {
      threads[i] =
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      start.await();
                    } catch (InterruptedException e) {
                      Thread.currentThread().interrupt();
                    }
                    taken.addAndGet(taken(limit, 1000));
                  });
    }
    start.countDown();
    for (Thread thread : threads) {
      thread.join();
    }

    assertThat(taken).hasValue(1000);
  }

  private static int taken(RateLimit limit, int tries) {
    int taken = 0;
    for (int i = 0; i < tries; i++) {
      if (limit.take(1) == 0) {
        taken++;
      }
    }
    return taken;
  }
}
