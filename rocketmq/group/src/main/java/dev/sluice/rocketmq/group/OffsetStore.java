package dev.sluice.rocketmq.group;

import dev.sluice.rocketmq.client.MessageQueue;
import java.util.Collection;
import java.util.Map;
import java.util.OptionalLong;

/**
 * How far a group is in its queues. What is noted here is stored now and then, by {@link #persist}.
 * Queues are named by topics as brokers know them. Safe for all threads.
 */
public sealed interface OffsetStore permits BrokerOffsets, LocalOffsets {

  /** How far the group is as it was stored, or noted here since; empty where it never was. */
  OptionalLong load(MessageQueue queue) throws InterruptedException;

  /** How far the group is as it is stored, whoever stored it; empty where nothing is. */
  OptionalLong stored(MessageQueue queue) throws InterruptedException;

  /** How far the group is as it was noted here; empty where nothing was. Does not wait. */
  OptionalLong noted(MessageQueue queue);

  /** The present term of a queue, which each {@link #reset} ends. */
  long term(MessageQueue queue);

  /**
   * Notes that the group is as far; never sets it back.
   *
   * @param term in which it came so far; in another one nothing is noted
   */
  void advance(MessageQueue queue, long offset, long term);

  /** Notes that the group is exactly there, also before where it was, and begins another term. */
  void reset(MessageQueue queue, long offset);

  /** Stores what has changed of these queues; what fails is logged, and tried again next time. */
  void persist(Collection<MessageQueue> queues) throws InterruptedException;

  /**
   * Stores these offsets now. Where one fails the others are stored, and the first failure is
   * thrown, with the others suppressed.
   *
   * @param offsets which those who also {@link #persist} have noted before
   */
  void commit(Map<MessageQueue, Long> offsets) throws InterruptedException;

  /** Forgets a queue here. What was stored of it stays. */
  void forget(MessageQueue queue);
}
