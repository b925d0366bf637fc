package dev.sluice.rocketmq.admin;

import dev.sluice.rocketmq.client.MessageQueue;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How far a consumer group is.
 *
 * @param group which
 * @param queues those of the topics that it has consumed of or subscribes to, ascending; its retry
 *     topic included
 */
public record GroupProgress(String group, List<Position> queues) {

  /** Keeps the list from changing. */
  public GroupProgress {
    queues = List.copyOf(queues);
  }

  /** How many messages it has not consumed, of all queues. */
  public long lag() {
    return queues.stream().mapToLong(Position::lag).sum();
  }

  /**
   * The group in a queue.
   *
   * @param queue which
   * @param maxOffset that the next message stored will get
   * @param committed from where the group goes on
   * @param lastConsumed when the message before that was stored; empty where there is none
   */
  public record Position(
      MessageQueue queue, long maxOffset, long committed, Optional<Instant> lastConsumed) {
    /** How many messages it has not consumed, as long as the queue has them. */
    public long lag() {
      return Math.max(0, maxOffset - Math.max(0, committed));
    }
  }
}
