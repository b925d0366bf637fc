package dev.sluice.rocketmq.remoting;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the calls of one event loop whose time is up: a wheel of lists, one per tick. Adding and
 * removing take constant time and allocate nothing. A call is found at its deadline or up to one
 * tick and a half later, never before it.
 */
final class DeadlineWheel {
  /** How fine time is here. */
  static final long TICK_NANOS = 20_000_000;

  private static final int SLOTS = 512;

  private final @Nullable PendingCall<?>[] heads = new PendingCall<?>[SLOTS];
  private long tick;
  private int size;

  DeadlineWheel(long nowNanos) {
    this.tick = tickOf(nowNanos);
  }

  int size() {
    return size;
  }

  void add(PendingCall<?> call) {
    long due = Math.max(tickOf(call.deadlineNanos) + 1, tick + 1);
    int slot = (int) (due & (SLOTS - 1));
    PendingCall<?> head = heads[slot];
    call.slot = slot;
    call.next = head;
    call.previous = null;
    if (head != null) {
      head.previous = call;
    }
    heads[slot] = call;
    size++;
  }

  /** Takes the call out, if it is in. */
  void remove(PendingCall<?> call) {
    if (call.slot < 0) {
      return;
    }
    PendingCall<?> before = call.previous;
    PendingCall<?> after = call.next;
    if (before != null) {
      before.next = after;
    } else {
      heads[call.slot] = after;
    }
    if (after != null) {
      after.previous = before;
    }
    call.slot = -1;
    call.next = null;
    call.previous = null;
    size--;
  }

  /** Moves on to this time and takes out the calls that are due. */
  List<PendingCall<?>> advance(long nowNanos) {
    long target = tickOf(nowNanos);
    if (size == 0 || target - tick <= 0) {
      tick = Math.max(tick, target);
      return List.of();
    }
    List<PendingCall<?>> due = new ArrayList<>();
    long from = Math.max(tick + 1, target - SLOTS + 1);
    for (long t = from; t <= target; t++) {
      PendingCall<?> call = heads[(int) (t & (SLOTS - 1))];
      while (call != null) {
        PendingCall<?> following = call.next;
        if (call.deadlineNanos - nowNanos <= 0) {
          remove(call);
          due.add(call);
        }
        call = following;
      }
    }
    tick = target;
    return due;
  }

  private static long tickOf(long nanos) {
    return Math.floorDiv(nanos, TICK_NANOS);
  }
}
