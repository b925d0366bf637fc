package dev.sluice.rocketmq.remoting;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The calls of one connection that wait for an answer, by opaque: an open-addressing table with
 * linear probing. Opaques are given out in sequence, so entries mostly sit at their own place.
 * Belongs to one event loop; bounded by the connection's limit on calls.
 */
final class PendingCalls {
  private @Nullable PendingCall<?>[] table = new PendingCall<?>[64];
  private int size;

  int size() {
    return size;
  }

  boolean contains(int opaque) {
    return find(opaque) >= 0;
  }

  /** Adds a call whose opaque is not in the table. */
  void add(PendingCall<?> call) {
    if (2 * (size + 1) > table.length) {
      grow();
    }
    place(table, call);
    size++;
  }

  /** Takes the call out, or gives null if there is none. */
  @Nullable PendingCall<?> remove(int opaque) {
    int at = find(opaque);
    if (at < 0) {
      return null;
    }
    PendingCall<?> found = table[at];
    size--;
    closeGap(at);
    return found;
  }

  /** Takes all calls out, then gives them to the consumer, which may add new ones. */
  void drain(Consumer<PendingCall<?>> each) {
    if (size == 0) {
      return;
    }
    @Nullable PendingCall<?>[] old = table;
    table = new PendingCall<?>[64];
    size = 0;
    for (PendingCall<?> call : old) {
      if (call != null) {
        each.accept(call);
      }
    }
  }

  private int find(int opaque) {
    int mask = table.length - 1;
    for (int i = opaque & mask; ; i = (i + 1) & mask) {
      PendingCall<?> call = table[i];
      if (call == null) {
        return -1;
      }
      if (call.opaque == opaque) {
        return i;
      }
    }
  }

  /** Moves back what was displaced by the entry that is gone, so that no tombstones are needed. */
  private void closeGap(int removed) {
    int mask = table.length - 1;
    int gap = removed;
    for (int i = (gap + 1) & mask; ; i = (i + 1) & mask) {
      PendingCall<?> call = table[i];
      if (call == null) {
        break;
      }
      int home = call.opaque & mask;
      if (((i - home) & mask) >= ((i - gap) & mask)) {
        table[gap] = call;
        gap = i;
      }
    }
    table[gap] = null;
  }

  private void grow() {
    @Nullable PendingCall<?>[] larger = new PendingCall<?>[2 * table.length];
    for (PendingCall<?> call : table) {
      if (call != null) {
        place(larger, call);
      }
    }
    table = larger;
  }

  private static void place(@Nullable PendingCall<?>[] into, PendingCall<?> call) {
    int mask = into.length - 1;
    int i = call.opaque & mask;
    while (into[i] != null) {
      i = (i + 1) & mask;
    }
    into[i] = call;
  }
}
