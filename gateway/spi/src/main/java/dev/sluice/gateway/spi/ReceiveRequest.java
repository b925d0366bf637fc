package dev.sluice.gateway.spi;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Asks for messages.
 *
 * @param topic the topic
 * @param group the consumer group
 * @param filter which messages; must be the group's for all its members
 * @param queue one queue, all queues of a node, or null for any queue of any node
 * @param ordered whether a queue is closed to others while anything of it is held
 * @param attemptId repeats of one ordered receive carry the same, so that a lost answer loses
 *     nothing; null where not ordered
 * @param max at most so many, from 1
 * @param maxWait how long to wait for the first
 * @param invisible how long what is delivered stays hidden from others
 * @param lite the subscriber of {@link LiteChange} whose lite topics are asked for; null for
 *     messages of the topic itself
 */
public record ReceiveRequest(
    String topic,
    String group,
    Filter filter,
    @Nullable QueueId queue,
    boolean ordered,
    @Nullable String attemptId,
    int max,
    Duration maxWait,
    Duration invisible,
    @Nullable String lite) {

  /** A receive that has nothing to do with lite topics. */
  public ReceiveRequest(
      String topic,
      String group,
      Filter filter,
      @Nullable QueueId queue,
      boolean ordered,
      @Nullable String attemptId,
      int max,
      Duration maxWait,
      Duration invisible) {
    this(topic, group, filter, queue, ordered, attemptId, max, maxWait, invisible, null);
  }
}
