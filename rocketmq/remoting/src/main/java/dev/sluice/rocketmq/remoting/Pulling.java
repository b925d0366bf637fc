package dev.sluice.rocketmq.remoting;

import dev.sluice.rocketmq.requests.PullReply;

/** Reads queues from offsets on, which nobody but the caller keeps. */
public interface Pulling {

  /**
   * Reads messages of one queue; a replica is asked where there is no master. Reading changes
   * nothing, so that a lost answer loses nothing.
   *
   * @param group in whose name; must exist, or be made on first use
   * @param offset the first message wanted, from 0
   * @param maxMessages 1 to 1024; a broker may give less
   * @param waitMillis how long the broker may wait where the queue ends at the offset: it looks at
   *     the clock every 5 s only, so that the answer may come as much later. 0 asks and returns
   * @param filter which messages
   */
  void pull(
      String group,
      TopicQueue queue,
      long offset,
      int maxMessages,
      long waitMillis,
      Filter filter,
      Reply<PullReply> reply);
}
