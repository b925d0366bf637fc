package dev.sluice.eventbus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.lifecycle.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class TimeOrderedIdsTest {

  private long now = 1_767_268_800_123L;

  private final TimeOrderedIds ids =
      new TimeOrderedIds(
          new Clock() {
            @Override
            public long nanoTime() {
              throw new UnsupportedOperationException();
            }

            @Override
            public long currentTimeMillis() {
              return now;
            }
          });

  @Test
  void anIdBeginsWithTheTimeAndSaysWhatItIs() {
    UUID id = ids.next();

    assertThat(id.getMostSignificantBits() >>> 16).isEqualTo(now);
    assertThat(id.version()).isEqualTo(7);
    assertThat(id.variant()).isEqualTo(2);
  }

  @Test
  void idsAscendAlsoWithinAMillisecondBeyondItsCounterAndWhenTheClockGoesBack() {
    List<String> made = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      made.add(ids.next().toString());
    }
    now -= 5_000;
    made.add(ids.next().toString());
    now += 10_000;
    made.add(ids.next().toString());

    assertThat(made).isSorted().doesNotHaveDuplicates();
    assertThat(UUID.fromString(made.getLast()).getMostSignificantBits() >>> 16).isEqualTo(now);
  }

  @Test
  void twoSourcesAtOneTimeMakeDifferentOnes() {
    Set<UUID> made = new HashSet<>();
    for (int i = 0; i < 1000; i++) {
      made.add(new TimeOrderedIds(fixed()).next());
    }
    assertThat(made).hasSize(1000);
    assertThat(made).extracting(id -> id.getLeastSignificantBits()).doesNotHaveDuplicates();
  }

  private Clock fixed() {
    return new Clock() {
      @Override
      public long nanoTime() {
        return 0;
      }

      @Override
      public long currentTimeMillis() {
        return 1;
      }
    };
  }
}
