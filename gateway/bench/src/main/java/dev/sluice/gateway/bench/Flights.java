package dev.sluice.gateway.bench;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one connection that are under way: as many as there are places, which are made
 * once and used again. On the connection's event loop alone.
 */
final class Flights {
  private final Flight[] all;
  private final int[] free;
  private int freeCount;

  /**
   * Nothing is under way.
   *
   * @param most how many may be, 1 or more
   */
  Flights(int most) {
    all = new Flight[most];
    free = new int[most];
    freeCount = most;
    for (int slot = 0; slot < most; slot++) {
      all[slot] = new Flight(slot);
      free[slot] = most - 1 - slot;
    }
  }

  boolean hasRoom() {
    return freeCount > 0;
  }

  int underWay() {
    return all.length - freeCount;
  }

  /** Begins one; there must be room. */
  Flight begin(long due) {
    Flight flight = all[free[--freeCount]];
    flight.begin(flight.sequence() + all.length, due);
    return flight;
  }

  /** Null where that one is not under way any more. */
  @Nullable Flight find(long sequence) {
    Flight flight = all[(int) Math.floorMod(sequence, (long) all.length)];
    return flight.state() != Flight.State.ENDED && flight.sequence() == sequence ? flight : null;
  }

  /** Makes room; it must be under way. */
  void end(Flight flight) {
    flight.become(Flight.State.ENDED);
    free[freeCount++] = flight.slot();
  }

  /** Ends all that are under way. */
  void endAll(Consumer<Flight> each) {
    for (Flight flight : all) {
      if (flight.state() != Flight.State.ENDED) {
        each.accept(flight);
        end(flight);
      }
    }
  }
}
