package dev.sluice.eventbus.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.eventbus.FailurePolicy;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class RoomTest {

  private static final int CONCURRENCY = 4;

  private final Room<String> room =
      new Room<>(
          new DispatchOptions(
              "orders", CONCURRENCY, 100, 1000, Rig.TIMEOUT, FailurePolicy.retry(Rig.BACKOFF)));
  private final Epoch<String> one = new Epoch<>("one", new Told());
  private final Epoch<String> other = new Epoch<>("other", new Told());
  private final Epoch<String> third = new Epoch<>("third", new Told());

  @Test
  void aFlowHoldsNoMoreMessagesThanItLeavesFree() {
    assertThat(fill(one, 1)).isEqualTo(50);
    assertThat(fill(other, 1)).isEqualTo(25);
    assertThat(room.messages()).isEqualTo(75);
  }

  @Test
  void aFlowHoldsNoMoreBytesThanItLeavesFree() {
    assertThat(fill(one, 100)).isEqualTo(5);
    assertThat(fill(other, 100)).isEqualTo(3);
    assertThat(room.bytes()).isEqualTo(800);
  }

  @Test
  void greedyFlowsGetEqualParts() {
    for (int round = 0; round < 100; round++) {
      take(one, 1);
      take(other, 1);
      take(third, 1);
    }

    assertThat(one.frontier.size()).isEqualTo(25);
    assertThat(other.frontier.size()).isEqualTo(25);
    assertThat(third.frontier.size()).isEqualTo(25);
  }

  @Test
  void aFlowHoldsAsManyAsHandlersRunWhereThereIsRoomAtAll() {
    while (room.messages() < 95) {
      fill(new Epoch<>("more", new Told()), 1);
    }
    int free = 100 - room.messages();

    assertThat(fill(one, 1)).isEqualTo(Math.min(CONCURRENCY, free)).isGreaterThan(1);
    assertThat(room.messages()).isLessThanOrEqualTo(100);
  }

  @Test
  void aFlowThatHoldsNothingTakesOneHoweverLargeAndHoweverFullItIs() {
    fill(one, 1);

    assertThat(take(other, 5000)).isTrue();
    assertThat(take(other, 1)).isFalse();
    assertThat(take(third, 1)).isTrue();
    assertThat(take(third, 1)).isFalse();
  }

  @Test
  void aFlowWithNothingToStartIsToldOnceAsSoonAsWhatWasRefusedFits() {
    fill(one, 1);
    var effects = new Effects<String>();
    room.tellAll(effects);
    assertThat(effects.roomy).isEmpty();

    resolveOne(one);
    room.tellAll(effects);
    room.tellAll(effects);

    assertThat(effects.roomy).containsExactly(one);
  }

  @Test
  void aFlowWithEnoughToDoIsToldWhenSeveralFit() {
    fill(one, 1);
    one.ready.add(new Mailbox<>("a"));
    var effects = new Effects<String>();
    for (int resolved = 1; resolved <= 5; resolved++) {
      resolveOne(one);
      room.tellAll(effects);
    }
    assertThat(effects.roomy).isEmpty();

    resolveOne(one);
    room.tellAll(effects);
    assertThat(effects.roomy).containsExactly(one);
  }

  @Test
  void aFlowThatWasNotRefusedIsNotTold() {
    take(one, 1);
    resolveOne(one);
    var effects = new Effects<String>();

    room.tellAll(effects);

    assertThat(effects.roomy).isEmpty();
  }

  private int fill(Epoch<String> epoch, int bytes) {
    int taken = 0;
    while (take(epoch, bytes)) {
      taken++;
    }
    return taken;
  }

  private boolean take(Epoch<String> epoch, int bytes) {
    Item<String> item = Rig.item(Math.max(0, epoch.frontier.size()), "a", bytes);
    if (!room.take(epoch, item)) {
      return false;
    }
    epoch.frontier.add(new Entry<>(item, epoch, new Mailbox<>("a"), 0));
    return true;
  }

  private void resolveOne(Epoch<String> epoch) {
    Entry<String> oldest = Objects.requireNonNull(epoch.frontier.oldest());
    epoch.frontier.remove(oldest);
    room.release(1, oldest.item.bytes());
  }
}
