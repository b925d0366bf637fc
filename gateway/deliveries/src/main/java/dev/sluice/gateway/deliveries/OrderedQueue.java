package dev.sluice.gateway.deliveries;

import dev.sluice.gateway.spi.Delivery;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is here of one queue of an ordered subscription, in the queue's order. The message system
 * hands out nothing more of the queue until all of this is acknowledged or given up, and goes on
 * then with the first that was not acknowledged.
 */
final class OrderedQueue {

  /** Where an entry stands. */
  enum State {
    /** For its turn, a time, or a stream that can take it. */
    WAITING,
    /** A stream has it. */
    GIVEN,
    /** Is just held anew, or moved to the dead letters. */
    MOVING
  }

  /** One delivery, with its body, since it may have to be given again. */
  static final class Entry {
    final String key;
    Delivery delivery;
    Held held;
    State state = State.WAITING;

    /** It waits until then, on the monotonic clock. */
    long notBeforeNanos;

    /** Whether somebody has a handle of it while it waits, which is void when it is given. */
    boolean claimed;

    Entry(Delivery delivery, Held held) {
      // Those without a key keep one order among each other.
      this.key = Objects.requireNonNullElse(delivery.shardingKey(), "");
      this.delivery = delivery;
      this.held = held;
    }
  }

  private final List<Entry> entries = new ArrayList<>();

  /**
   * Whether one of it comes again from the message system. What waits behind it must not be given
   * then, and comes again with it.
   */
  boolean broken;

  void add(Entry entry) {
    entries.add(entry);
  }

  void remove(Entry entry) {
    entries.remove(entry);
  }

  boolean isEmpty() {
    return entries.isEmpty();
  }

  @Nullable Entry find(Held held) {
    for (Entry entry : entries) {
      if (entry.held.equals(held)) {
        return entry;
      }
    }
    return null;
  }

  List<Entry> waiting() {
    return entries.stream().filter(entry -> entry.state == State.WAITING).toList();
  }

  /** The first of each key, if it waits. */
  List<Entry> next() {
    Set<String> keys = new HashSet<>();
    List<Entry> next = new ArrayList<>();
    for (Entry entry : entries) {
      if (keys.add(entry.key) && entry.state == State.WAITING) {
        next.add(entry);
      }
    }
    return next;
  }
}
