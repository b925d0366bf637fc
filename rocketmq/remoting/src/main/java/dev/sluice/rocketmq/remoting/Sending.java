package dev.sluice.rocketmq.remoting;

import dev.sluice.rocketmq.requests.Done;
import dev.sluice.rocketmq.requests.SendReply;

/**
 * Sends messages to queues. Nothing is ever sent again by the client itself: an {@link
 * FailureCategory#UNKNOWN_OUTCOME} is the caller's to judge.
 *
 * <p>Calls are written in the order in which they are made on their loop, but a broker may store
 * pipelined sends in another; who wants order waits for each reply.
 */
public interface Sending {

  /**
   * Sends one message. What only 5.x brokers do (delivery at a time, lite topics) is refused as
   * INVALID_ARGUMENT where the broker is an older one, which would deliver it at once instead.
   *
   * @param timeoutMillis until the call fails: as TIMEOUT if it was never written, else as
   *     UNKNOWN_OUTCOME
   * @param reply done when the message is stored, whatever {@link SendReply#status()} says of how
   *     safely
   */
  void send(TopicQueue queue, OutgoingMessage message, long timeoutMillis, Reply<SendReply> reply);

  /** Sends messages that the broker stores together or refuses together; else as {@link #send}. */
  void sendBatch(TopicQueue queue, OutgoingBatch batch, long timeoutMillis, Reply<SendReply> reply);

  /**
   * Sends one message that the broker does not answer. Done when it is written to the connection,
   * which says nothing of whether it is stored.
   */
  void sendOneWay(TopicQueue queue, OutgoingMessage message, long timeoutMillis, Reply<Done> reply);
}
