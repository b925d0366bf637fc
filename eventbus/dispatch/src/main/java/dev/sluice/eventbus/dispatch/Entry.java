package dev.sluice.eventbus.dispatch;

import org.jspecify.annotations.Nullable;

/**
 * An item that was taken and is not resolved. The first of its mailbox is what its key stands at.
 * Guarded by the board.
 */
final class Entry<T> {

  final Item<T> item;
  final Epoch<T> epoch;
  final Mailbox<T> mailbox;
  final long takenNanos;

  /** Attempts that failed since the first, or since somebody had it tried again. */
  int failed;

  boolean tried;

  /** Its neighbours in the frontier of its flow. */
  @Nullable Entry<T> before;

  @Nullable Entry<T> after;

  /** The next of its mailbox. */
  @Nullable Entry<T> behind;

  Entry(Item<T> item, Epoch<T> epoch, Mailbox<T> mailbox, long takenNanos) {
    this.item = item;
    this.epoch = epoch;
    this.mailbox = mailbox;
    this.takenNanos = takenNanos;
  }

  /** For a person: the key and where it is. */
  String place() {
    String key = item.key();
    return (key == null ? "no key" : "key " + key) + ", " + epoch.name + " at " + item.offset();
  }
}
