package dev.sluice.gateway.core;

import dev.sluice.gateway.deliveries.DeliverySink;
import dev.sluice.gateway.deliveries.DeliveryStream;
import dev.sluice.gateway.spi.Filter;
import dev.sluice.gateway.upstreams.UpstreamLease;

/**
 * A consumer that a caller created or that was rebuilt from its id. Ends with the last of its
 * streams, with {@link #close}, with its connection, or when it is cleaned up; its id works on.
 * Safe for use by any thread.
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
   * the session ends them.
   *
   * <p>Streams of one group and topic share its messages, each getting only what its session's
   * filter asks for. A stream ends by {@link DeliverySink#ended}: with {@code FAILED_PRECONDITION}
   * where the group's other streams here subscribe in a way that this one cannot share (another
   * expression that only the message system understands, or ordered beside unordered), with {@code
   * NOT_FOUND} where the topic does not exist and nobody will make it, and with what the message
   * system refuses it for. Failures that pass end no stream.
   *
   * @throws dev.sluice.gateway.spi.GatewayException with {@code UNAVAILABLE} where the gateway does
   *     not accept
   */
  DeliveryStream open(DeliverySink sink);

  /** Ends the live session and its streams. Idempotent, never blocks. */
  @Override
  void close();
}
