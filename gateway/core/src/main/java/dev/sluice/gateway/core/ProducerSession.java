package dev.sluice.gateway.core;

import dev.sluice.gateway.upstreams.UpstreamLease;

/**
 * A producer that a caller created or that was rebuilt from its id. Ends with {@link #close}, with
 * its connection, or when it is cleaned up; its id works on. Safe for use by any thread.
 */
public interface ProducerSession extends AutoCloseable {

  /** What the caller calls it by. Holds the credentials, sealed. */
  String id();

  /** The topic that it sends to. */
  String topic();

  /** The upstream that it sends through. */
  UpstreamLease lease();

  /** Ends the live session. Idempotent, never blocks. */
  @Override
  void close();
}
