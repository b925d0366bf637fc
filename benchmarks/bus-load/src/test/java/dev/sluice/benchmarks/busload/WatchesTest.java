package dev.sluice.benchmarks.busload;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What watches the order must see when it is broken. */
class WatchesTest {

  private final SleepingHandler handler = new SleepingHandler(SleepPlan.of(4, 2, 0));
  private final EnvelopeWatch watch = new EnvelopeWatch("w", 5, 201, 64);

  @Test
  void seesThatAllWasHandledInOrder() throws InterruptedException {
    handler.begin();
    for (int index : new int[] {0, 1, 2, 3}) {
      handler.handle(SleepingHandler.body(index));
    }

    assertThat(handler.await(0)).isTrue();
    assertThat(handler.violations()).isZero();
    assertThat(handler.repeated()).isZero();
    assertThat(handler.seconds()).isPositive();
  }

  @Test
  void seesAMessageThatCameAfterALaterOneOfItsKey() throws InterruptedException {
    for (int index : new int[] {2, 1, 0, 3}) {
      handler.handle(SleepingHandler.body(index));
    }

    assertThat(handler.violations()).isEqualTo(1);
    assertThat(handler.missing()).isZero();
  }

  @Test
  void seesWhatIsMissingAndWhatCameAgain() throws InterruptedException {
    for (int index : new int[] {0, 0, 1, 2}) {
      handler.handle(SleepingHandler.body(index));
    }

    assertThat(handler.repeated()).isEqualTo(1);
    assertThat(handler.missing()).isEqualTo(1);
    assertThat(handler.seconds()).isNaN();
  }

  @Test
  void seesEnvelopesOfAnAggregateInOrderOrNot() throws InterruptedException {
    IntStream.range(1, 101).forEach(i -> watch.handle(watch.envelope(i)));
    watch.handle(watch.envelope(200));
    watch.handle(watch.envelope(100));
    assertThat(watch.violations()).isEqualTo(1);
    assertThat(watch.repeated()).isEqualTo(1);
    assertThat(watch.missing()).isEqualTo(100);

    watch.handle(watch.envelope(0));
    IntStream.range(101, 200).forEach(i -> watch.handle(watch.envelope(i)));
    assertThat(watch.await(0)).isTrue();
    assertThat(watch.violations()).isEqualTo(2);
  }
}
