package dev.sluice.gateway.core;

import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.OutboundMessage;
import dev.sluice.gateway.spi.SendReceipt;
import dev.sluice.gateway.upstreams.UpstreamLease;

/**
 * The way of messages to the message system. Messages of one topic that come in on one loop share
 * batches: a batch leaves at once while nothing is under way, else when it is full or what is ahead
 * returns, after the flush interval at the latest. Messages with equal sharding keys sent from one
 * loop are stored in the order sent, one flight at a time for each queue. Scheduled messages go
 * alone.
 *
 * <p>Safe for use by any thread. The completion runs on the calling loop.
 */
public interface SendPath {

  /**
   * Sends a message. Nothing is sent twice: after {@code UNKNOWN_OUTCOME} it may be stored or not,
   * after every other failure it is not. {@code OVERLOADED} at once when too much is under way.
   *
   * @param lease open until the completion is called, or the message may fail as unavailable
   */
  void send(UpstreamLease lease, OutboundMessage message, Completion<SendReceipt> completion);

  /**
   * Refuses a message that no send could store, as far as the message itself tells; for callers
   * that send several and want all of them to be good before the first leaves. Cheap.
   *
   * @throws dev.sluice.gateway.spi.GatewayException as the send would fail
   */
  void check(UpstreamLease lease, OutboundMessage message);
}
