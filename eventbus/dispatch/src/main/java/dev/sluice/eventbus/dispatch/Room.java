package dev.sluice.eventbus.dispatch;

import dev.sluice.eventbus.dispatch.Epoch.Refusal;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * How much more may be taken, as {@link DispatchOptions} says, and which flows are to be told of
 * it. Guarded by the board.
 */
final class Room<T> {

  /** As many must have left, at most, before a flow that still has enough to do is told. */
  private static final int BATCH = 64;

  private final int concurrency;
  private final int maxMessages;
  private final long maxBytes;
  private int messages;
  private long bytes;
  // Those with a refusal, in the order of these; they leave when they are told or revoked.
  private final Set<Epoch<T>> refused = new LinkedHashSet<>();

  Room(DispatchOptions options) {
    this.concurrency = options.concurrency();
    this.maxMessages = options.maxMessages();
    this.maxBytes = options.maxBytes();
  }

  /** Takes an item of a flow in, or remembers that its owner is to be told of room. */
  boolean take(Epoch<T> epoch, Item<T> item) {
    if (!fits(epoch.frontier, item.bytes())) {
      epoch.refusal = new Refusal(item.bytes(), epoch.frontier.size());
      refused.add(epoch);
      return false;
    }
    messages++;
    bytes += item.bytes();
    forget(epoch);
    return true;
  }

  private boolean fits(Frontier<T> flow, int size) {
    if (flow.size() == 0) {
      return true;
    }
    int freeMessages = maxMessages - messages;
    long freeBytes = maxBytes - bytes;
    return freeMessages > 0
        && (flow.size() < freeMessages || flow.size() < concurrency)
        && flow.bytes() + size <= freeBytes;
  }

  /** So much is resolved or dropped. */
  void release(int leftMessages, long leftBytes) {
    messages -= leftMessages;
    bytes -= leftBytes;
  }

  /** Has every flow told for which it is worth while. */
  void tellAll(Effects<T> effects) {
    if (refused.isEmpty()) {
      return;
    }
    for (Iterator<Epoch<T>> each = refused.iterator(); each.hasNext(); ) {
      Epoch<T> epoch = each.next();
      if (isWorthTelling(epoch)) {
        each.remove();
        epoch.refusal = null;
        effects.room(epoch);
      }
    }
  }

  // One with something ready to start is told when several fit, so that it does not fetch them one
  // by one. That comes to pass, or what is ready starts, and then one will do.
  private boolean isWorthTelling(Epoch<T> epoch) {
    Refusal refusal = epoch.refusal;
    if (refusal == null || !fits(epoch.frontier, refusal.bytes())) {
      return false;
    }
    int left = refusal.unresolved() - epoch.frontier.size();
    return epoch.ready.isEmpty() || left >= Math.min(BATCH, refusal.unresolved() / 8);
  }

  /** Does not tell a flow. */
  void forget(Epoch<T> epoch) {
    if (epoch.refusal != null) {
      epoch.refusal = null;
      refused.remove(epoch);
    }
  }

  long bytes() {
    return bytes;
  }

  int messages() {
    return messages;
  }
}
