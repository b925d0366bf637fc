package dev.sluice.eventbus.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.testkit.Seeds;
import java.util.ArrayList;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class FrontierTest {

  private final Epoch<String> epoch = new Epoch<>("orders-0", new Told());
  private final Frontier<String> frontier = epoch.frontier;

  @Test
  void nothingMayBeCommittedBeforeSomethingWasTaken() {
    assertThat(frontier.offset()).isEqualTo(-1);
  }

  @Test
  void gapsNeverStallIt() {
    Entry<String> first = add(7);
    Entry<String> second = add(1_000_000_000_000L);
    assertThat(frontier.offset()).isEqualTo(7);

    frontier.remove(first);
    assertThat(frontier.offset()).isEqualTo(1_000_000_000_000L);

    frontier.remove(second);
    assertThat(frontier.offset()).isEqualTo(1_000_000_000_001L);
  }

  @Test
  void staysWhereItIsWhenItsFlowIsRevoked() {
    add(3);
    add(4);

    frontier.freeze();

    assertThat(frontier.offset()).isEqualTo(3);
    assertThat(frontier.size()).isZero();
    assertThat(frontier.bytes()).isZero();
    assertThat(frontier.oldest()).isNull();
  }

  @Test
  void refusesWhatIsNotAbove() {
    add(3);

    frontier.check(Rig.item(4, "a"));
    assertThatThrownBy(() -> frontier.check(Rig.item(3, "a")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("offset: 3 (expected: >= 4)");
  }

  @Test
  void isTheFirstUnresolvedWhateverTheGapsAndTheOrder() {
    Seeds.forAll(
        300,
        seeds -> {
          var tested = new Frontier<String>();
          var unresolved = new ArrayList<Entry<String>>();
          var oracle = new TreeSet<Long>();
          long last = -1;
          for (int step = 0; step < 200; step++) {
            if (unresolved.isEmpty() || seeds.chance(50)) {
              last += seeds.chance(80) ? 1 : seeds.between(2, 1L << 40);
              Entry<String> entry = entry(last);
              tested.add(entry);
              unresolved.add(entry);
              oracle.add(last);
            } else {
              Entry<String> entry = unresolved.remove(seeds.between(0, unresolved.size() - 1));
              tested.remove(entry);
              oracle.remove(entry.item.offset());
            }
            assertThat(tested.offset()).isEqualTo(oracle.isEmpty() ? last + 1 : oracle.first());
            assertThat(tested.size()).isEqualTo(oracle.size());
            assertThat(tested.bytes()).isEqualTo(oracle.size());
          }
        });
  }

  private Entry<String> add(long offset) {
    Entry<String> entry = entry(offset);
    frontier.add(entry);
    return entry;
  }

  private Entry<String> entry(long offset) {
    return new Entry<>(Rig.item(offset, "a"), epoch, new Mailbox<>("a"), 0);
  }
}
