package dev.sluice.gateway.core;

import dev.sluice.gateway.core.CheckSink.Check;
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

  void join(Key key, CheckFlow checker) {
    byKey.merge(key, List.of(checker), Checkers::both);
  }

  private static List<CheckFlow> both(List<CheckFlow> some, List<CheckFlow> others) {
    var all = new ArrayList<CheckFlow>(some);
    all.addAll(others);
    return List.copyOf(all);
  }

  void leave(Key key, CheckFlow checker) {
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
