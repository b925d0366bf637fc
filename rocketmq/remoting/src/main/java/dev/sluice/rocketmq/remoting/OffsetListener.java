package dev.sluice.rocketmq.remoting;

import dev.sluice.rocketmq.requests.MemberOffsets;
import dev.sluice.rocketmq.requests.QueueLocks;
import java.util.Map;

/**
 * Hears what administrators want of the offsets of groups that this client shows to the brokers.
 * Called on the first event loop; must not block.
 */
public interface OffsetListener {

  /** The group is to go on from elsewhere in the queues named, as far as they are the client's. */
  void reset(MemberOffsets.Reset reset);

  /** How far the client's member of the group is in those of the topic's queues that it has. */
  Map<QueueLocks.Queue, Long> asked(MemberOffsets.Asked asked);
}
