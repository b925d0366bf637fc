package dev.sluice.eventbus.dispatch;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Who may start next: flows take turns, and within a flow keys, in the order in which they became
 * ready. Flows that are stalled are left out. Guarded by the board.
 */
final class Rota<T> {

  // Each at most once, only while something of it is ready; taken out by revoke.
  private final ArrayDeque<Epoch<T>> turns = new ArrayDeque<>();

  /** A mailbox that is not empty may go on. */
  void add(Mailbox<T> mailbox, Epoch<T> epoch) {
    mailbox.stage = Stage.Still.READY;
    epoch.ready.add(mailbox);
    resume(epoch);
  }

  /** What is ready of a flow may start, unless it is stalled. */
  void resume(Epoch<T> epoch) {
    if (!epoch.inTurn && !epoch.isStalled() && !epoch.ready.isEmpty()) {
      epoch.inTurn = true;
      turns.add(epoch);
    }
  }

  /** Nothing of a flow starts any more. */
  void remove(Epoch<T> epoch) {
    if (epoch.inTurn) {
      epoch.inTurn = false;
      turns.remove(epoch);
    }
  }

  /** Whose turn it is; null if nothing may start. */
  @Nullable Mailbox<T> next() {
    Epoch<T> epoch = turns.poll();
    if (epoch == null) {
      return null;
    }
    Mailbox<T> mailbox = epoch.ready.poll();
    if (epoch.ready.isEmpty()) {
      epoch.inTurn = false;
    } else {
      turns.add(epoch);
    }
    return mailbox;
  }
}
