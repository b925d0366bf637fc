package dev.sluice.gateway.deliveries;

import dev.sluice.gateway.spi.GatewayException;

/**
 * Where a stream's deliveries go: the transport. Called on the loop on which the stream was opened,
 * never twice at a time, and never after {@link #ended} or after the stream was closed on that
 * loop.
 */
public interface DeliverySink {

  /**
   * Whether the transport takes more without queueing. While it is false nothing is asked for on
   * the stream's behalf, until {@link DeliveryStream#resume}; what was already under way still
   * comes.
   */
  boolean isReady();

  /** Takes a delivery; must not block and must not throw. */
  void deliver(SealedDelivery delivery);

  /** The stream is over and its deliveries are handed back. */
  void ended(GatewayException failure);
}
