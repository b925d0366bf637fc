package dev.sluice.eventbus.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RotaTest {

  private final Rota<String> rota = new Rota<>();
  private final Epoch<String> busy = new Epoch<>("busy", new Told());
  private final Epoch<String> quiet = new Epoch<>("quiet", new Told());

  @Test
  void flowsTakeTurnsHoweverMuchOneHas() {
    add(busy, "a", "b", "c", "d");
    add(quiet, "x", "y");

    assertThat(all()).containsExactly("a", "x", "b", "y", "c", "d");
  }

  @Test
  void aStalledFlowIsLeftOutUntilItGoesOn() {
    add(busy, "a", "b");
    add(quiet, "x");
    busy.stalls++;
    rota.remove(busy);
    add(busy, "c");

    assertThat(all()).containsExactly("x");

    busy.stalls--;
    rota.resume(busy);
    assertThat(all()).containsExactly("a", "b", "c");
  }

  @Test
  void aFlowThatWasTakenOutOfTurnComesAgainOnce() {
    add(busy, "a");
    assertThat(all()).containsExactly("a");

    add(busy, "b");
    rota.resume(busy);
    assertThat(all()).containsExactly("b");
  }

  private void add(Epoch<String> epoch, String... keys) {
    for (String key : keys) {
      rota.add(new Mailbox<>(key), epoch);
    }
  }

  private List<String> all() {
    var keys = new ArrayList<String>();
    for (Mailbox<String> each = rota.next(); each != null; each = rota.next()) {
      keys.add(each.key);
    }
    return keys;
  }
}
