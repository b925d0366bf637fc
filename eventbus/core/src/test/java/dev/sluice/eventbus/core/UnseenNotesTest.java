package dev.sluice.eventbus.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.FakeClock;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

class UnseenNotesTest {

  private final FakeClock clock = FakeClock.create();
  private final UnseenNotes notes = new UnseenNotes(3, clock);

  @Test
  void aNoteCountsUntilAReadingOfItsTopicHasShownIt() {
    notes.add("t", "0@1");
    notes.add("t", "0@2");
    notes.add("u", "0@1");

    assertThat(notes.besides("t", Set.of("0@1"))).containsExactly("0@2");
    assertThat(notes.besides("t", Set.of())).as("shown before").containsExactly("0@2");
    assertThat(notes.besides("u", Set.of())).containsExactly("0@1");
  }

  @Test
  void noteIsTakenOfTheLatestAndForAMinute() {
    for (int offset = 0; offset < 4; offset++) {
      notes.add("t", "0@" + offset);
      clock.advance(Duration.ofSeconds(1));
    }
    notes.add("t", "0@1");

    assertThat(notes.besides("t", Set.of())).containsExactlyInAnyOrder("0@1", "0@2", "0@3");
    clock.advance(Duration.ofMillis(58_500));
    assertThat(notes.besides("t", Set.of())).containsExactlyInAnyOrder("0@1", "0@3");
    clock.advance(Duration.ofMinutes(1));
    assertThat(notes.besides("t", Set.of())).isEmpty();
  }
}
