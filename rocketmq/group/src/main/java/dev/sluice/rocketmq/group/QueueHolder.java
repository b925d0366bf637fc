package dev.sluice.rocketmq.group;

import dev.sluice.rocketmq.client.FilterExpression;
import dev.sluice.rocketmq.client.MessageQueue;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * What a member does with its queues, which are named by topics as brokers know them. One thread at
 * a time calls {@link #change}; the rest may be called meanwhile.
 */
public interface QueueHolder {

  /**
   * Called once, before anything else.
   *
   * @param rebalance has shares worked out again soon; any thread
   */
  void joined(Runnable rebalance);

  /**
   * Called before {@link #change} is for each topic, by the same thread: for what other threads
   * have asked for, and only this one may do. May wait for brokers.
   */
  void roundBegins() throws InterruptedException;

  /**
   * Has the member's queues of a topic be these. Waits for brokers.
   *
   * @param all the topic's queues that can be read
   * @param wanted those of them that are the member's
   * @param added those of them that the topic did not have when the member first saw it
   * @return whether they are; false where that needs another attempt soon
   */
  boolean change(
      String topic,
      Collection<MessageQueue> all,
      Collection<MessageQueue> wanted,
      FilterExpression filter,
      Set<MessageQueue> added)
      throws InterruptedException;

  /** The queues that it has. */
  Set<MessageQueue> queues();

  /** Begins nothing more; done when nothing runs. */
  CompletionStage<?> ending();

  /** Gives all queues up, after the group's offsets were stored. */
  void end() throws InterruptedException;
}
