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

  /**
   * Begins to hand the checks of undecided transactions to the sink, which belongs to the calling
   * loop: it is only called there, and the stream's methods may be called from anywhere. A check
   * goes to one of the checkers of its topic, endpoint, caller and access key on whichever instance
   * the message system asks. Closing the session ends the stream by {@link CheckSink#ended}; so
   * does an upstream that does not start.
   *
   * @throws dev.sluice.gateway.spi.GatewayException with {@code UNAVAILABLE} where the gateway does
   *     not accept
   */
  CheckStream checks(CheckSink sink);

  /** Ends the live session. Idempotent, never blocks. */
  @Override
  void close();
}
