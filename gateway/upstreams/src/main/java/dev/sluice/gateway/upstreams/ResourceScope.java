package dev.sluice.gateway.upstreams;

/** Somebody's presence: what was taken on their behalf ends with it. Safe for use by any thread. */
public interface ResourceScope {

  /** Whether they are still there. */
  boolean isOpen();

  /**
   * Has the resource closed with this scope, on whichever thread that happens; at once where the
   * scope is closed already. The resource's own close must be idempotent and must call {@link
   * #forget}, so that the scope does not grow.
   */
  void adopt(AutoCloseable resource);

  /** Ends what {@link #adopt} began. */
  void forget(AutoCloseable resource);
}
