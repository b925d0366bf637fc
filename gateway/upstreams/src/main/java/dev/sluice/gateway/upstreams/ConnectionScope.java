package dev.sluice.gateway.upstreams;

/**
 * What one connection of a caller created: closing it releases all of it at once. The server opens
 * one per transport and closes it when the transport ends. Safe for use by any thread.
 */
public interface ConnectionScope extends AutoCloseable {

  /** Where the caller is, for people. */
  String peer();

  /** Whether {@link #close} has not been called yet. */
  boolean isOpen();

  /**
   * Has the resource closed with this scope, on whichever thread that happens; at once where the
   * scope is closed already. The resource's own close must be idempotent and must call {@link
   * #forget}, so that the scope does not grow.
   */
  void adopt(AutoCloseable resource);

  /** Ends what {@link #adopt} began. */
  void forget(AutoCloseable resource);

  /** Releases everything that was adopted. Idempotent, never blocks. */
  @Override
  void close();
}
