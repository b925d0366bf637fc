package dev.sluice.eventbus.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MailboxTest {

  private final Epoch<String> one = new Epoch<>("one", new Told());
  private final Epoch<String> other = new Epoch<>("other", new Told());
  private final Mailbox<String> mailbox = new Mailbox<>("a");

  @Test
  void keepsTheOrderInWhichItemsWereTaken() {
    add(one, 5);
    add(other, 3);
    add(one, 9);

    assertThat(offsets()).containsExactly(5L, 3L, 9L);
    assertThat(mailbox.isEmpty()).isTrue();
  }

  @Test
  void whatIsOfAnEpochCanBeTakenOutWhereverItIs() {
    for (int offset = 0; offset < 6; offset++) {
      add(offset % 2 == 0 ? one : other, offset);
    }

    mailbox.drop(one);
    add(other, 9);

    assertThat(offsets()).containsExactly(1L, 3L, 5L, 9L);
  }

  @Test
  void goesOnAfterAllWasTakenOut() {
    add(one, 1);
    mailbox.drop(one);
    assertThat(mailbox.isEmpty()).isTrue();

    add(other, 2);
    assertThat(offsets()).containsExactly(2L);
  }

  private void add(Epoch<String> epoch, long offset) {
    mailbox.add(new Entry<>(Rig.item(offset, "a"), epoch, mailbox, 0));
  }

  private List<Long> offsets() {
    var offsets = new ArrayList<Long>();
    for (Entry<String> each = mailbox.first(); each != null; each = mailbox.first()) {
      offsets.add(each.item.offset());
      mailbox.removeFirst();
    }
    return offsets;
  }
}
