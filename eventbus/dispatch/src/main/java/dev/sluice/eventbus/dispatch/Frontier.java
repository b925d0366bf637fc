package dev.sluice.eventbus.dispatch;

import org.jspecify.annotations.Nullable;

/**
 * What is unresolved of one flow, in the order in which it was taken. Every step takes the same
 * time, whatever lies between offsets; what is resolved leaves nothing behind. Guarded by the
 * board.
 */
final class Frontier<T> {

  private @Nullable Entry<T> oldest;
  private @Nullable Entry<T> newest;
  private long end = -1;
  private int size;
  private long bytes;

  /**
   * Whether an item may come now.
   *
   * @throws IllegalArgumentException if its offset is not above all that were taken
   */
  void check(Item<T> item) {
    if (item.offset() < end) {
      throw new IllegalArgumentException(
          "offset: " + item.offset() + " (expected: >= " + end + ")");
    }
  }

  void add(Entry<T> entry) {
    entry.before = newest;
    if (newest == null) {
      oldest = entry;
    } else {
      newest.after = entry;
    }
    newest = entry;
    end = entry.item.offset() + 1;
    size++;
    bytes += entry.item.bytes();
  }

  void remove(Entry<T> entry) {
    Entry<T> before = entry.before;
    Entry<T> after = entry.after;
    if (before == null) {
      oldest = after;
    } else {
      before.after = after;
    }
    if (after == null) {
      newest = before;
    } else {
      after.before = before;
    }
    entry.before = null;
    entry.after = null;
    size--;
    bytes -= entry.item.bytes();
  }

  /**
   * Lets go of what is unresolved; the offset stays where it is. Entries let go of each other too:
   * a handler that does not end must not keep all of its flow in memory.
   */
  void freeze() {
    end = offset();
    Entry<T> entry = oldest;
    while (entry != null) {
      Entry<T> next = entry.after;
      entry.before = null;
      entry.after = null;
      entry = next;
    }
    oldest = null;
    newest = null;
    size = 0;
    bytes = 0;
  }

  /** As {@link Flow#frontier}. */
  long offset() {
    return oldest == null ? end : oldest.item.offset();
  }

  @Nullable Entry<T> oldest() {
    return oldest;
  }

  int size() {
    return size;
  }

  long bytes() {
    return bytes;
  }
}
