package dev.sluice.eventbus.dispatch;

import dev.sluice.eventbus.dispatch.DispatchSnapshot.FlowSnapshot;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The flows that are open. Guarded by the board. */
final class Epochs<T> {

  // Removed by revoke.
  private final Set<Epoch<T>> open = new LinkedHashSet<>();

  Epoch<T> open(String name, FlowOwner<T> owner) {
    Epoch<T> epoch = new Epoch<>(name, owner);
    open.add(epoch);
    return epoch;
  }

  void remove(Epoch<T> epoch) {
    open.remove(epoch);
  }

  Collection<Epoch<T>> open() {
    return Collections.unmodifiableSet(open);
  }

  List<FlowSnapshot> inspect(long nowNanos) {
    return open.stream().map(epoch -> inspect(epoch, nowNanos)).toList();
  }

  private FlowSnapshot inspect(Epoch<T> epoch, long nowNanos) {
    Entry<T> oldest = epoch.frontier.oldest();
    return new FlowSnapshot(
        epoch.name,
        epoch.frontier.offset(),
        epoch.frontier.size(),
        oldest == null ? Duration.ZERO : Duration.ofNanos(nowNanos - oldest.takenNanos),
        oldest == null ? null : oldest.item.key(),
        epoch.isStalled());
  }
}
