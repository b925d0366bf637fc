package dev.sluice.lifecycle;

/**
 * A tracked resource that ends with another one, its owner. Where its owner's end has passed it
 * over, {@link Ledger#reclaim} finds it. Called by any thread; nothing here blocks.
 */
public interface Dependent {

  /** Whether its owner has ended, so that it should have ended too. */
  boolean isOrphan();

  /** Ends it as its owner should have; closes its entry in the ledger, now or soon. */
  void release();
}
