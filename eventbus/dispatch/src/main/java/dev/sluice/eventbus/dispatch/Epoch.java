package dev.sluice.eventbus.dispatch;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * A flow from when it was opened until it is revoked. If the same partition is opened again, that
 * is another epoch, and nothing that belongs to this one counts there. Guarded by the board.
 */
final class Epoch<T> {

  /** An offer that was refused: how large it was, and how many were unresolved then. */
  record Refusal(int bytes, int unresolved) {}

  final String name;
  final FlowOwner<T> owner;
  final Frontier<T> frontier = new Frontier<>();

  /** Mailboxes whose first entry is of this flow and may start; emptied by the rota and revoke. */
  final ArrayDeque<Mailbox<T>> ready = new ArrayDeque<>();

  /** Entries that stall all of it. */
  int stalls;

  /** Whether the rota has it. */
  boolean inTurn;

  boolean revoked;

  /** Whether the owner is to be told of room. */
  @Nullable Refusal refusal;

  Epoch(String name, FlowOwner<T> owner) {
    this.name = name;
    this.owner = owner;
  }

  boolean isStalled() {
    return stalls > 0;
  }
}
