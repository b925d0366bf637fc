package dev.sluice.gateway.spi;

import java.util.OptionalLong;

/**
 * Positions in queues, and how far groups are that read them by {@link Upstream#pull}. Queues are
 * single ones, never {@link QueueId#ANY}; calls fail with {@link ErrorCategory#NOT_FOUND} about
 * {@code TOPIC} where the topic does not exist, and with {@link ErrorCategory#INVALID_ARGUMENT}
 * about {@code QUEUE} where it has no such queue. Asynchronous as {@link Upstream} is.
 */
public interface QueueOffsets {

  /** The offset of the first message that the queue still has. */
  void first(String topic, QueueId queue, Completion<Long> completion);

  /** The offset that the next message of the queue will get. */
  void end(String topic, QueueId queue, Completion<Long> completion);

  /**
   * The offset of the first message stored at or after a point in time; where there is none, the
   * one that the next message will get.
   *
   * @param epochMillis milliseconds since the epoch
   */
  void at(String topic, QueueId queue, long epochMillis, Completion<Long> completion);

  /** How far the group is: the next message that it wants; empty where it has committed none. */
  void committed(String group, String topic, QueueId queue, Completion<OptionalLong> completion);

  /**
   * Sets how far the group is. Fails with {@link ErrorCategory#INVALID_ARGUMENT} about {@code
   * OFFSET} where the queue does not reach that far.
   *
   * @param offset the next message that the group wants, from 0
   */
  void commit(String group, String topic, QueueId queue, long offset, Completion<Void> completion);
}
