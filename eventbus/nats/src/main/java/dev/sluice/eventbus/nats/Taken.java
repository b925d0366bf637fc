package dev.sluice.eventbus.nats;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a flow took and has not resolved. Outlives connections. Belongs to its feed's tasks. */
final class Taken {
  // Bounded by what the flow takes; an entry leaves when it is resolved.
  private final Map<Long, Delivery> unresolved = new LinkedHashMap<>();
  private long highest;

  /** Whether the flow had it: what comes again is not offered again. */
  boolean had(long sequence) {
    return sequence <= highest;
  }

  void add(Delivery delivery) {
    unresolved.put(delivery.sequence, delivery);
    highest = delivery.sequence;
  }

  @Nullable Delivery unresolved(long sequence) {
    return unresolved.get(sequence);
  }

  @Nullable Delivery resolve(long sequence) {
    return unresolved.remove(sequence);
  }

  Collection<Delivery> unresolved() {
    return Collections.unmodifiableCollection(unresolved.values());
  }
}
