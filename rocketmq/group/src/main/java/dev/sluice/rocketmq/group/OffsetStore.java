package dev.sluice.rocketmq.group;

import dev.sluice.rocketmq.client.MessageQueue;
import java.util.Collection;
import java.util.OptionalLong;

/**
 * How far a group is in its queues. What is noted here is stored now and then, by {@link #persist}.
 * Queues are named by topics as brokers know them. Safe for all threads.
 */
public sealed interface OffsetStore permits BrokerOffsets, LocalOffsets {

  /** How far the group is as it was stored, or noted here since; empty where it never was. */
  OptionalLong load(MessageQueue queue) throws InterruptedException;

  /** Notes that the group is as far; never sets it back. */
  void advance(MessageQueue queue, long offset);

  /** Notes that the group is exactly there, also before where it was. */
  void reset(MessageQueue queue, long offset);

  /** Stores what has changed of these queues; what fails is logged, and tried again next time. */
  void persist(Collection<MessageQueue> queues) throws InterruptedException;

  /** Forgets a queue here. What was stored of it stays. */
  void forget(MessageQueue queue);
}
