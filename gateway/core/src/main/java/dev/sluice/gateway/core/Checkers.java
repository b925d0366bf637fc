package dev.sluice.gateway.core;

import dev.sluice.gateway.core.CheckSink.Check;
import dev.sluice.gateway.upstreams.Instance;
import dev.sluice.gateway.upstreams.SharedUpstream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;

/** The open checkers by what they may be asked about. Safe for use by any thread. */
final class Checkers {

  /**
   * What checkers are found by.
   *
   * @param endpointHash of the endpoint, whichever of its upstreams was asked
   * @param owner as {@link TransactionNote} has it
   */
  record Key(long endpointHash, long owner, String topic) {}

  private final AtomicInteger turn = new AtomicInteger();
  // A checker leaves when it ends, and takes an entry with it that it was the last of.
  private final ConcurrentMap<Key, List<CheckFlow>> byKey = new ConcurrentHashMap<>();

  /**
   * Makes a checker on the calling loop, which is found by the keys until it ends; begun by {@link
   * CheckFlow#start}.
   *
   * @param what names it in the ledger
   */
  CheckFlow open(
      Instance instance,
      SharedUpstream shared,
      List<Key> keys,
      String what,
      CheckSink sink,
      CheckFlow.Owner owner) {
    var checker = new CheckFlow(instance, shared, what, sink, new Leaving(keys, owner));
    keys.forEach(key -> byKey.merge(key, List.of(checker), Checkers::both));
    return checker;
  }

  private final class Leaving implements CheckFlow.Owner {
    private final List<Key> keys;
    private final CheckFlow.Owner owner;

    Leaving(List<Key> keys, CheckFlow.Owner owner) {
      this.keys = keys;
      this.owner = owner;
    }

    @Override
    public boolean isOpen() {
      return owner.isOpen();
    }

    @Override
    public void over(CheckFlow checker) {
      keys.forEach(key -> leave(key, checker));
      owner.over(checker);
    }
  }

  private static List<CheckFlow> both(List<CheckFlow> some, List<CheckFlow> others) {
    var all = new ArrayList<CheckFlow>(some);
    all.addAll(others);
    return List.copyOf(all);
  }

  private void leave(Key key, CheckFlow checker) {
    byKey.computeIfPresent(
        key,
        (same, all) -> {
          List<CheckFlow> others = all.stream().filter(each -> !each.equals(checker)).toList();
          return others.isEmpty() ? null : others;
        });
  }

  /** Gives the check to one of those who may have it, in turn; false where none takes it. */
  boolean give(Key key, Check check) {
    List<CheckFlow> all = byKey.getOrDefault(key, List.of());
    int first = all.isEmpty() ? 0 : Math.floorMod(turn.getAndIncrement(), all.size());
    for (int i = 0; i < all.size(); i++) {
      if (all.get((first + i) % all.size()).offer(check)) {
        return true;
      }
    }
    return false;
  }
}
