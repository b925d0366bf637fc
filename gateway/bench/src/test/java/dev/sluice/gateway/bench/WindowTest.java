package dev.sluice.gateway.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class WindowTest {
  // Not a constant, as times after it overflow.
  private static final long BEGIN = Long.sum(Long.MAX_VALUE, -5);

  @Test
  void whatIsDueFromItsBeginToItsEndCounts() {
    Window window = new Window(BEGIN, BEGIN + 10, OptionalLong.empty());

    assertThat(window.counts(BEGIN - 1)).isFalse();
    assertThat(window.counts(BEGIN)).isTrue();
    assertThat(window.counts(BEGIN + 9)).isTrue();
    assertThat(window.counts(BEGIN + 10)).isFalse();
  }

  @Test
  void nothingBeginsThatIsDueAfterItsEnd() {
    Window window = new Window(BEGIN, BEGIN + 10, OptionalLong.empty());

    assertThat(window.admits(BEGIN - 1)).isTrue();
    assertThat(window.admits(BEGIN + 9)).isTrue();
    assertThat(window.admits(BEGIN + 10)).isFalse();
  }

  @Test
  void noMoreMessagesBeginThanAreWantedAndThoseOfTheWarmUpAreNotAmongThem() {
    Window window = new Window(BEGIN, BEGIN + 10, OptionalLong.of(2));

    assertThat(window.admits(BEGIN - 1)).isTrue();
    assertThat(window.admits(BEGIN)).isTrue();
    assertThat(window.admits(BEGIN)).isTrue();
    assertThat(window.admits(BEGIN)).isFalse();
    assertThat(window.take(5)).isZero();
  }

  @Test
  void someAreTakenAsLongAsThereAreSome() {
    Window window = new Window(BEGIN, BEGIN + 10, OptionalLong.of(7));

    assertThat(window.take(5)).isEqualTo(5);
    assertThat(window.take(5)).isEqualTo(2);
    assertThat(window.take(5)).isZero();
  }

  @Test
  void itEndsEarlyAndNeverLater() {
    Window window = new Window(BEGIN, BEGIN + 10, OptionalLong.empty());

    window.endAt(BEGIN + 20);
    assertThat(window.end()).isEqualTo(BEGIN + 10);
    window.endAt(BEGIN + 3);
    assertThat(window.end()).isEqualTo(BEGIN + 3);
    assertThat(window.admits(BEGIN + 3)).isFalse();
  }
}
