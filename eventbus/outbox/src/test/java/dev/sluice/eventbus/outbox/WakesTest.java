package dev.sluice.eventbus.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WakesTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private final Wakes wakes = new Wakes();

  private List<Long> pauses(int count) {
    return IntStream.range(0, count).mapToObj(i -> wakes.nextPause(SECOND).toMillis()).toList();
  }

  @Test
  void pausesGrowToTheIntervalAndStayThere() {
    assertThat(pauses(11))
        .containsExactly(5L, 10L, 20L, 40L, 80L, 160L, 320L, 640L, 1000L, 1000L, 1000L);
  }

  @Test
  void whatIsAppendedShortensALongPauseAndNoShortOne() {
    assertThat(pauses(6)).endsWith(80L, 160L);
    wakes.expect();
    assertThat(pauses(2)).containsExactly(5L, 10L);
    // However much is appended, looks stay seldom.
    for (int i = 0; i < 1000; i++) {
      wakes.expect();
    }
    assertThat(pauses(3)).containsExactly(20L, 40L, 80L);
  }

  @Test
  void whatWasFoundMayBeFollowedByMore() {
    assertThat(pauses(9)).endsWith(1000L);
    wakes.found();
    assertThat(pauses(1)).containsExactly(5L);
  }

  @Test
  void whoWaitsForAnHourIsWokenByWhatIsAppendedAndByWhatIsCommitted() throws Exception {
    for (Runnable wake : List.<Runnable>of(wakes::expect, wakes::wake)) {
      pauses(40);
      Thread waiting =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      wakes.await(Duration.ofHours(1));
                    } catch (InterruptedException e) {
                      throw new AssertionError(e);
                    }
                  });
      wake.run();
      assertThat(waiting.join(Duration.ofSeconds(60))).isTrue();
    }
  }
}
