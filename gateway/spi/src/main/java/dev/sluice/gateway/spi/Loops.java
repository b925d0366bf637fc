package dev.sluice.gateway.spi;

import java.util.List;

/** The gateway's event loops: fixed in number from start to end, shared by all of it. */
public interface Loops {

  /** The loop of the calling thread, or one chosen for it when it is no loop's thread. */
  Loop current();

  /** All loops, always in the same order; at least one. */
  List<Loop> all();

  /** The loop that owns what has this key: the same key always names the same loop. */
  default Loop owner(Object key) {
    List<Loop> all = all();
    return all.get(Math.floorMod(key.hashCode(), all.size()));
  }
}
