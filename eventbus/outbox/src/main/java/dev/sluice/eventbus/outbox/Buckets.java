package dev.sluice.eventbus.outbox;

/** Which bucket an aggregate is in. Written in tables: it never changes. */
final class Buckets {
  private Buckets() {}

  static int of(String aggregateId) {
    // Mixed, as the hashes of ids that differ in their last character are neighbours.
    int hash = aggregateId.hashCode();
    hash = (hash ^ (hash >>> 16)) * 0x85ebca6b;
    hash = (hash ^ (hash >>> 13)) * 0xc2b2ae35;
    return (hash ^ (hash >>> 16)) & (OutboxDatabase.BUCKETS - 1);
  }
}
