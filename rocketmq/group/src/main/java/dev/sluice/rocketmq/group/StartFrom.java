package dev.sluice.rocketmq.group;

import java.time.Instant;

/**
 * Where a consumer group begins in a queue of which it has consumed nothing so far. In queues that
 * are so young that their first message is in memory, 4.x brokers have every group begin with that,
 * as they do not tell a group that is there from one that has no offset.
 */
public sealed interface StartFrom {

  /**
   * With what comes after the group's first member has started. In queues that are added to a topic
   * while a member consumes it, with their first message.
   */
  record Last() implements StartFrom {}

  /** With the first message that there is. */
  record First() implements StartFrom {}

  /** With the first message that the broker stored at this time or later. */
  record At(Instant time) implements StartFrom {}

  /** With what comes from now on. */
  static StartFrom last() {
    return new Last();
  }

  /** With the first message that there is. */
  static StartFrom first() {
    return new First();
  }

  /** With the first message stored at this time or later. */
  static StartFrom at(Instant time) {
    return new At(time);
  }
}
