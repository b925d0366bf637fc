package dev.sluice.gateway.deliveries;

import dev.sluice.gateway.spi.Delivery;
import dev.sluice.gateway.upstreams.ActiveUpstream;
import dev.sluice.gateway.upstreams.SharedUpstream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one loop knows of deliveries, by the numbers in their handles, which tell the loop. Where
 * only this instance can act on the handles, an upstream stays open for as long as they mean
 * anything. Only touched on its loop.
 */
final class HeldEntries {
  private final int stride;
  private final Map<Long, Held> entries = new HashMap<>();
  private long nextId;

  /**
   * None yet.
   *
   * @param stride how many loops there are
   * @param index the loop's
   */
  HeldEntries(int stride, int index) {
    this.stride = stride;
    this.nextId = (long) stride + index;
  }

  /** Whether only this instance can act on the upstream's handles. */
  static boolean isLocal(SharedUpstream shared) {
    ActiveUpstream active = shared.current();
    return active != null && active.capabilities().handlesAreLocal();
  }

  /** A new one. */
  Held add(Holder holder, SharedUpstream shared, String group, Delivery delivery) {
    return add(
        new Held(
            next(),
            shared,
            delivery.topic(),
            group,
            delivery.body().remaining(),
            delivery.queue(),
            holder,
            delivery.handle(),
            isLocal(shared)));
  }

  /** The same delivery by another number. */
  Held renamed(Held old, Holder holder) {
    Held fresh =
        add(
            new Held(
                next(),
                old.shared,
                old.topic,
                old.group,
                old.bytes,
                old.queue,
                holder,
                old.handle,
                old.local));
    fresh.visibleAgainNanos = old.visibleAgainNanos;
    return fresh;
  }

  private long next() {
    long id = nextId;
    nextId += stride;
    return id;
  }

  private Held add(Held held) {
    entries.put(held.id, held);
    if (held.local) {
      held.shared.pin();
    }
    return held;
  }

  @Nullable Held find(long id) {
    return entries.get(id);
  }

  /** Its handles mean nothing to the message system any more. */
  void over(Held held) {
    boolean first = held.state != Held.State.OVER;
    held.state = Held.State.OVER;
    if (first && held.local) {
      held.shared.unpin();
    }
  }

  /** It is not known any more. */
  void remove(Held held) {
    over(held);
    entries.remove(held.id);
  }

  /** Lets go of all. */
  List<Held> removeAll() {
    List<Held> all = List.copyOf(entries.values());
    entries.clear();
    return all;
  }
}
