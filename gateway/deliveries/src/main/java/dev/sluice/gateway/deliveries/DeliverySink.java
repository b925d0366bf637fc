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

  /**
   * The stream is open: no message that is stored from now on, and that it wants, is passed over.
   * Each is delivered to it or to another stream of its group that wants it, as long as there is
   * one. Called once, before anything is delivered; what was stored before may have been passed
   * over where nobody in the group wanted it. A topic that does not exist yet is waited for by an
   * open stream, if sending makes it.
   *
   * <p>Not promised where a receive that asked for something else was under way and its answer was
   * lost: the message system may carry it out later.
   */
  void opened();

  /** Takes a delivery; must not block and must not throw. */
  void deliver(SealedDelivery delivery);

  /** The stream is over and its deliveries are handed back. */
  void ended(GatewayException failure);
}
