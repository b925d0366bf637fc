package dev.sluice.gateway.deliveries;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Deliveries by when something is to be done about them: a wheel of lists, so that adding and
 * removing cost the same however many there are. Due ones are found up to one tick late.
 */
final class HoldWheel {

  static final long TICK_NANOS = 100_000_000L;
  private static final int SLOTS = 1024;

  private final HoldLink[] slots = new HoldLink[SLOTS];
  private long reached;
  private int size;

  HoldWheel() {
    for (int i = 0; i < SLOTS; i++) {
      slots[i] = new HoldLink();
    }
  }

  void add(Held held, long dueNanos, long now) {
    if (size == 0) {
      reached = Math.floorDiv(now, TICK_NANOS);
    }
    size++;
    held.dueNanos = dueNanos;
    place(held);
  }

  /** What is due beyond the wheel's reach waits in its farthest slot and is placed again there. */
  private void place(Held held) {
    long tick = Math.floorDiv(held.dueNanos, TICK_NANOS) + 1;
    long bounded = Math.clamp(tick, reached + 1, reached + SLOTS - 1);
    held.linkTo(slots[(int) Math.floorMod(bounded, (long) SLOTS)]);
  }

  void remove(Held held) {
    if (held.isLinked()) {
      held.unlink();
      size--;
    }
  }

  int size() {
    return size;
  }

  /**
   * Takes out all that are due and hands them on, in about the order in which they became due.
   * Whoever gets one checks whether it is still so: what came before it may have changed it.
   */
  void advance(long now, Consumer<Held> due) {
    var found = new ArrayList<Held>();
    long end = Math.floorDiv(now, TICK_NANOS);
    while (reached < end && size > 0) {
      reached++;
      drain(slots[(int) Math.floorMod(reached, (long) SLOTS)], now, found);
    }
    reached = Math.max(reached, end);
    found.forEach(due);
  }

  private void drain(HoldLink list, long now, List<Held> found) {
    var later = new ArrayList<Held>();
    while (list.next() instanceof Held held) {
      held.unlink();
      if (held.dueNanos <= now) {
        size--;
        found.add(held);
      } else {
        later.add(held);
      }
    }
    later.forEach(this::place);
  }
}
