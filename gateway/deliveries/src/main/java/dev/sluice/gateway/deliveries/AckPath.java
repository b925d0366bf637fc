package dev.sluice.gateway.deliveries;

import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.upstreams.UpstreamLease;
import java.time.Duration;

/**
 * Acknowledgements by sealed handle: any instance with the same cluster key takes them, whether or
 * not the stream that delivered the message still lives. Safe for use by any thread; completions
 * run on the calling loop.
 *
 * <p>Handles are judged here, since message systems acknowledge what they are given. A handle that
 * does not open, or is another endpoint's, fails with {@code NOT_FOUND} and "unknown handle"; one
 * whose time is over fails with {@code FAILED_PRECONDITION} and "expired handle". Both concern
 * {@code HANDLE}.
 */
public interface AckPath {

  /**
   * Acknowledges a delivery. Topic and group are the handle's own. Acknowledging again what was
   * acknowledged by this instance succeeds while the handle would be valid.
   *
   * @param lease of the endpoint that the delivery came from
   */
  void ack(UpstreamLease lease, String handle, Completion<Void> completion);

  /**
   * Sets when a delivery comes again, counted from now. The old handle is void afterwards, and what
   * was held on the caller's behalf no longer is: renewing is the caller's again.
   *
   * @param invisible zero or more
   */
  void changeInvisible(
      UpstreamLease lease, String handle, Duration invisible, Completion<SealedHandle> completion);

  /**
   * Gives a delivery up: stores its message among the group's dead letters, and then acknowledges
   * it. Where a first attempt ended in the acknowledgement, repeating it succeeds and does nothing;
   * where it did not, the message may be there twice. Fails with {@code NOT_FOUND} about {@code
   * MESSAGE} where the message is not stored any more.
   *
   * @param lease of the endpoint that the delivery came from
   */
  void deadLetter(UpstreamLease lease, String handle, Completion<Void> completion);

  /**
   * What a handle carries, for frontends that are told topic and group again by their callers.
   *
   * @throws dev.sluice.gateway.spi.GatewayException as above where it does not open
   */
  HandleContent open(String handle);

  /**
   * The part of a handle that frontends may look at.
   *
   * @param topic the delivery's topic
   * @param group the group that it was delivered to
   */
  record HandleContent(String topic, String group) {}
}
