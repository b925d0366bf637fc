package dev.sluice.proofs;

import java.util.BitSet;

/** Numbers messages, and keeps which of them the gateway accepted. Safe for use by any thread. */
final class Sent {

  private final BitSet accepted = new BitSet();
  private int next;

  synchronized int next() {
    return next++;
  }

  synchronized void accepted(int number) {
    accepted.set(number);
  }

  /** Those accepted so far. */
  synchronized BitSet all() {
    return (BitSet) accepted.clone();
  }

  synchronized int count() {
    return accepted.cardinality();
  }
}
