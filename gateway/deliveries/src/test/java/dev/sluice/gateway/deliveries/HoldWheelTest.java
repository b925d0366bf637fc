package dev.sluice.gateway.deliveries;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.spi.QueueId;
import dev.sluice.gateway.upstreams.SharedUpstream;
import dev.sluice.testkit.Seeds;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HoldWheelTest {

  private static Held held(long id) {
    return new Held(id, NOT_USED, "t", "g", 0, new QueueId("n", 0), one -> {}, "h", false);
  }

  @SuppressWarnings("NullAway") // the wheel does not look at it
  private static final SharedUpstream NOT_USED = null;

  @Test
  void everythingComesOutOnceNeverEarlyAndAtMostATickLate(Seeds seeds) {
    var random = new Random(seeds.seed());
    var wheel = new HoldWheel();
    Map<Long, Long> due = new HashMap<>();
    var kept = new ArrayList<Held>();
    long now = random.nextLong(-1_000_000_000_000L, 1_000_000_000_000L);
    for (int step = 0; step < 3000; step++) {
      for (int i = 0; i < 5; i++) {
        Held held = held(due.size() + 10_000L * step);
        long at = now + random.nextLong(-1_000_000_000L, 400_000_000_000L);
        wheel.add(held, at, now);
        // What is due when it is added can be found at the next tick only.
        due.put(held.id, Math.max(at, now));
        kept.add(held);
      }
      Held removed = kept.get(random.nextInt(kept.size()));
      wheel.remove(removed);
      due.remove(removed.id);
      now += random.nextLong(1, 2_000_000_000L);
      long reached = now;
      wheel.advance(
          now,
          held -> {
            assertThat(held.dueNanos).isLessThanOrEqualTo(reached);
            assertThat(due.remove(held.id)).as("once").isNotNull();
          });
      assertThat(wheel.size()).isEqualTo(due.size());
      for (long at : due.values()) {
        assertThat(at).isGreaterThan(now - 2 * HoldWheel.TICK_NANOS);
      }
    }
  }

  @Test
  void oneThatIsRemovedByAnotherIsNotLeftInside() {
    var wheel = new HoldWheel();
    var all = List.of(held(1), held(2), held(3));
    all.forEach(held -> wheel.add(held, 1000, 0));
    var seen = new ArrayList<Long>();
    wheel.advance(
        HoldWheel.TICK_NANOS,
        held -> {
          seen.add(held.id);
          all.forEach(wheel::remove);
        });
    assertThat(seen).containsExactly(1L, 2L, 3L);
    assertThat(wheel.size()).isZero();
  }
}
