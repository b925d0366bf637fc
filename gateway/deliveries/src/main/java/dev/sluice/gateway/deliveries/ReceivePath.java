package dev.sluice.gateway.deliveries;

import dev.sluice.gateway.spi.Cancellable;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.ReceiveRequest;
import dev.sluice.gateway.upstreams.UpstreamLease;
import java.util.List;

/**
 * Single receives: one request, one answer, never merged with others. Streams are opened by {@link
 * ConsumerSession#open}. Safe for use by any thread; completions run on the calling loop.
 */
public interface ReceivePath {

  /**
   * Receives once. The group's subscription is prepared before its first receive. Cancelling hands
   * back what comes after it. Fails with {@code INVALID_ARGUMENT} about {@code FILTER} where the
   * tags are malformed, and with {@code FAILED_PRECONDITION} about {@code GROUP} where other
   * members of the group ask for something else, another client of this gateway among them. A
   * client may ask for something else than it did; one that has not received for a minute is
   * forgotten.
   *
   * @param lease open until the completion is called
   * @param client who receives, by a name that tells it from others
   */
  Cancellable receiveOnce(
      UpstreamLease lease,
      ReceiveRequest request,
      ReceiveTerms terms,
      String client,
      Completion<List<SealedDelivery>> completion);

  /** The same as a client without a name, which all are that have none. */
  default Cancellable receiveOnce(
      UpstreamLease lease,
      ReceiveRequest request,
      ReceiveTerms terms,
      Completion<List<SealedDelivery>> completion) {
    return receiveOnce(lease, request, terms, "", completion);
  }

  /** The client receives no more, so that others may ask for something else at once. */
  void forget(String client);
}
