package dev.sluice.gateway.upstreams;

/**
 * What one connection of a caller created: closing it releases all of it at once. The server opens
 * one per transport and closes it when the transport ends. Where several callers share a
 * connection, each has a part of it, which ends with it or before. Safe for use by any thread.
 */
public interface ConnectionScope extends ResourceScope, AutoCloseable {

  /** Where the caller is, for people. */
  String peer();

  /** Who the caller is. */
  Caller caller();

  /**
   * The part of this connection that a caller has; made when it is first asked for, and closed with
   * the connection.
   */
  ConnectionScope of(Caller caller);

  /** Closes the part that a caller has of this connection, if it has one. */
  void end(Caller caller);

  /**
   * The right to one more producer or consumer.
   *
   * @throws dev.sluice.gateway.spi.GatewayException with {@code OVERLOADED} where the connection or
   *     the caller has as many as it may
   */
  Permit session();

  /** Whether {@link #close} has not been called yet. */
  @Override
  boolean isOpen();

  /** Releases everything that was adopted. Idempotent, never blocks. */
  @Override
  void close();
}
