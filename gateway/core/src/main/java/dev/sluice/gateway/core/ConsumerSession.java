package dev.sluice.gateway.core;

import dev.sluice.gateway.core.spi.Filter;

/**
 * A consumer that a caller created or that was rebuilt from its id. Ends with {@link #close}, with
 * its connection, or when it is cleaned up; its id works on. Safe for use by any thread.
 */
public interface ConsumerSession extends AutoCloseable {

  /** What the caller calls it by. Holds the credentials, sealed. */
  String id();

  /** The topic that it consumes. */
  String topic();

  /** Its consumer group. */
  String group();

  /** What of the topic it asks for. */
  Filter filter();

  /** Whether it is ordered. */
  boolean ordered();

  /** The upstream that it consumes through. */
  UpstreamLease lease();

  /**
   * Begins to deliver to the sink, which belongs to the calling loop: it is only called there, and
   * the stream's methods may be called from anywhere. A session may have several streams. Closing
   * the session closes them.
   *
   * @throws dev.sluice.gateway.core.spi.GatewayException with {@code FAILED_PRECONDITION} where the
   *     group's other streams here subscribe in a way that this one cannot share; with {@code
   *     UNAVAILABLE} where the session is closed
   */
  DeliveryStream open(DeliverySink sink);

  /** Ends the live session and its streams. Idempotent, never blocks. */
  @Override
  void close();
}
