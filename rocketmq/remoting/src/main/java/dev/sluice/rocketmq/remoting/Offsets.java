package dev.sluice.rocketmq.remoting;

import dev.sluice.rocketmq.requests.Done;

/** Reads and sets the positions of queues and groups. All calls time out as the options say. */
public interface Offsets {

  /** {@link #committed}'s answer for a group that has no offset for the queue. */
  long NONE = -1;

  /** The offset that the next message stored in the queue will get. */
  void max(TopicQueue queue, Reply<Long> reply);

  /** The offset of the first message that the queue still has. */
  void min(TopicQueue queue, Reply<Long> reply);

  /**
   * The offset of the first message stored at or after this time, in milliseconds since the epoch.
   */
  void byTime(TopicQueue queue, long epochMillis, Reply<Long> reply);

  /**
   * The offset that the group has committed, or {@link #NONE}. 4.x brokers say 0 instead of nothing
   * while a queue is young: while its first message is there and still in memory.
   */
  void committed(String group, TopicQueue queue, Reply<Long> reply);

  /**
   * Sets the group's offset. The group must exist on the broker ({@link
   * Administration#createGroup}); 5.x brokers answer NOT_FOUND otherwise.
   */
  void commit(String group, TopicQueue queue, long offset, Reply<Done> reply);
}
