package dev.sluice.gateway.core;

import dev.sluice.gateway.upstreams.Digests;
import java.util.Iterator;
import java.util.LinkedHashSet;

/** The ids that were cleaned up last; the oldest make way. Safe for use by any thread. */
final class CleanedIds {

  private final int max;
  // Their hashes: ids are long, and may hold secrets.
  private final LinkedHashSet<Long> hashes = new LinkedHashSet<>();

  CleanedIds(int max) {
    this.max = max;
  }

  /** False where it was there already. */
  synchronized boolean add(String id) {
    if (!hashes.add(Digests.hash(id))) {
      return false;
    }
    if (hashes.size() > max) {
      Iterator<Long> oldest = hashes.iterator();
      oldest.next();
      oldest.remove();
    }
    return true;
  }

  synchronized boolean contains(String id) {
    return !hashes.isEmpty() && hashes.contains(Digests.hash(id));
  }
}
