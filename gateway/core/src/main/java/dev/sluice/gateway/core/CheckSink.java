package dev.sluice.gateway.core;

import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.OutboundMessage;

/**
 * Where the checks of a producer's transactions go: the transport. Called on the loop on which the
 * stream was opened, and never after {@link #ended} or after the stream was closed on that loop.
 */
public interface CheckSink {

  /**
   * A transaction that nobody has ended.
   *
   * @param transactionId what ends it; not always the one that it was begun with
   * @param message what was sent, with its unique id
   */
  record Check(String transactionId, OutboundMessage message) {}

  /**
   * Whether the transport takes more without queueing. While it is false, checks wait within the
   * bounds of a stream's deliveries until {@link CheckStream#resume}; others go to another checker,
   * or stay unanswered and are asked again by the message system.
   */
  boolean isReady();

  /** Takes a check, to be answered by {@link TransactionPath#end}; must not block or throw. */
  void check(Check check);

  /** The stream is over. */
  void ended(GatewayException failure);
}
