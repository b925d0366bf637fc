package dev.sluice.eventbus.dispatch;

import org.jspecify.annotations.Nullable;

/**
 * What is unresolved of one key, of whichever flows, in the order in which it was taken; and where
 * the key stands. Guarded by the board.
 */
final class Mailbox<T> {

  /** Null for an item without one, which has a mailbox of its own. */
  final @Nullable String key;

  Stage stage = Stage.Still.IDLE;
  private @Nullable Entry<T> first;
  private @Nullable Entry<T> last;

  Mailbox(@Nullable String key) {
    this.key = key;
  }

  void add(Entry<T> entry) {
    if (last == null) {
      first = entry;
    } else {
      last.behind = entry;
    }
    last = entry;
  }

  /** What comes next, or is under way; null if there is nothing. */
  @Nullable Entry<T> first() {
    return first;
  }

  /** Takes out the first, which refers to nothing of what came behind it from now on. */
  void removeFirst() {
    Entry<T> removed = first;
    if (removed != null) {
      first = removed.behind;
      removed.behind = null;
    }
    if (first == null) {
      last = null;
    }
  }

  /** Takes out all that is of this epoch. */
  void drop(Epoch<T> epoch) {
    Entry<T> entry = first;
    first = null;
    last = null;
    while (entry != null) {
      Entry<T> next = entry.behind;
      entry.behind = null;
      if (entry.epoch != epoch) {
        add(entry);
      }
      entry = next;
    }
  }

  boolean isEmpty() {
    return first == null;
  }
}
