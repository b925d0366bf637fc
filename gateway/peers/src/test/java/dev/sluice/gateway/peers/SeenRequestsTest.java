package dev.sluice.gateway.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SeenRequestsTest {
  private static final Duration LIFE = Duration.ofSeconds(60);

  private final SeenRequests seen = new SeenRequests(LIFE);

  @Test
  void eachRequestOfEachAskerIsTakenOnce() {
    for (long asker : new long[] {-7, 1, 2}) {
      assertThat(seen.isFirst(asker, 1, 0)).isTrue();
      assertThat(seen.isFirst(asker, 1, 0)).isFalse();
      assertThat(seen.isFirst(asker, 3, 0)).isTrue();
      assertThat(seen.isFirst(asker, 2, 0)).isTrue();
      assertThat(seen.isFirst(asker, 2, 0)).isFalse();
      assertThat(seen.isFirst(asker, 3, 0)).isFalse();
    }
  }

  @Test
  void numbersThatNoAskerGivesAreNotTaken() {
    assertThat(seen.isFirst(1, 0, 0)).isFalse();
    assertThat(seen.isFirst(1, -1, 0)).isFalse();
    assertThat(seen.isFirst(1, Long.MIN_VALUE, 0)).isFalse();
  }

  @Test
  void whatIsTooFarBehindToBeRememberedIsNotTaken() {
    assertThat(seen.isFirst(1, 1, 0)).isTrue();
    assertThat(seen.isFirst(1, SeenRequests.WINDOW + 5, 0)).isTrue();
    assertThat(seen.isFirst(1, 5, 0)).isFalse();
    assertThat(seen.isFirst(1, 6, 0)).isTrue();
    assertThat(seen.isFirst(1, 6, 0)).isFalse();
    assertThat(seen.isFirst(1, Long.MAX_VALUE, 0)).isTrue();
    assertThat(seen.isFirst(1, Long.MAX_VALUE, 0)).isFalse();
  }

  @Test
  void inAnyOrderItSaysWhatAPlainSetWouldSay() {
    // given requests out of order by less than what is remembered, many of them twice
    var random = new Random(42);
    var sequences = new ArrayList<Long>();
    for (long each = 1; each <= 50_000; each++) {
      sequences.add(Math.max(1, each - random.nextInt(SeenRequests.WINDOW / 2)));
      sequences.add(each);
    }

    // then
    Set<Long> model = new HashSet<>();
    for (long sequence : sequences) {
      assertThat(seen.isFirst(9, sequence, 0)).as("" + sequence).isEqualTo(model.add(sequence));
    }
  }

  @Test
  void askersAreForgottenOnceWhatTheySentIsTooOldAndThereIsNoRoomBefore() {
    // given
    for (int asker = 0; asker < SeenRequests.MOST_ASKERS; asker++) {
      assertThat(seen.isFirst(asker, 1, 0)).isTrue();
    }

    // then
    assertThat(seen.isFirst(-1, 1, LIFE.toNanos())).isFalse();
    assertThat(seen.isFirst(5, 2, LIFE.toNanos())).isTrue();
    assertThat(seen.isFirst(-1, 1, LIFE.toNanos() + 1)).isTrue();
    assertThat(seen.isFirst(5, 2, LIFE.toNanos() + 1)).as("was there since").isFalse();
  }
}
