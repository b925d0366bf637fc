package dev.sluice.gateway.backend.rocketmq;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.backend.rocketmq.RememberedStarts.Position;
import dev.sluice.gateway.backend.rocketmq.RememberedStarts.TopicOfGroup;
import dev.sluice.rocketmq.remoting.Broker;
import dev.sluice.rocketmq.remoting.TopicQueue;
import dev.sluice.testkit.FakeClock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** For how long, and for how many groups, it is remembered where they started. */
class RememberedStartsTest {
  private static final List<Position> POSITIONS =
      List.of(new Position(new TopicQueue("t", new Broker("c", "b", null, null), 0), 7));

  private final FakeClock clock = FakeClock.create();
  private final RememberedStarts starts = new RememberedStarts(clock);

  @Test
  void groupsThatCallersMakeUpAreNotRememberedWithoutABound() {
    for (int i = 0; i < RememberedStarts.MOST + 1_000; i++) {
      starts.put(new TopicOfGroup("t", "g" + i), POSITIONS);
    }

    assertThat(starts.size()).isEqualTo(RememberedStarts.MOST);
    TopicOfGroup last = new TopicOfGroup("t", "g" + (RememberedStarts.MOST + 999));
    assertThat(starts.get(last)).isEqualTo(POSITIONS);
  }

  @Test
  void whatABrokerHasOnDiskIsForgotten() {
    starts.put(new TopicOfGroup("t", "early"), POSITIONS);
    clock.advance(RememberedStarts.REMEMBERED.minusNanos(1));
    starts.put(new TopicOfGroup("t", "late"), POSITIONS);
    assertThat(starts.size()).isEqualTo(2);

    clock.advance(Duration.ofSeconds(2));
    starts.put(new TopicOfGroup("t", "later"), POSITIONS);

    assertThat(starts.get(new TopicOfGroup("t", "early"))).isEmpty();
    assertThat(starts.size()).isEqualTo(2);
  }

  @Test
  void whatABrokerMayHaveLostIsAskedFor() {
    TopicOfGroup key = new TopicOfGroup("t", "g");
    assertThat(starts.isSound("t", "g")).as("nothing to lose").isTrue();
    starts.put(key, POSITIONS);
    assertThat(starts.isSound("t", "g")).isTrue();

    clock.advance(Duration.ofSeconds(1));
    assertThat(starts.isSound("t", "g")).as("time enough to be lost and back").isFalse();
    starts.found(key);
    assertThat(starts.isSound("t", "g")).isTrue();
    starts.suspect(key);
    assertThat(starts.isSound("t", "g")).isFalse();

    starts.remove(key);
    assertThat(starts.isSound("t", "g")).isTrue();
  }
}
