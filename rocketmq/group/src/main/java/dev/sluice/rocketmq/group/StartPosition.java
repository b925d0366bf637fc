package dev.sluice.rocketmq.group;

import dev.sluice.rocketmq.client.MessageQueue;
import dev.sluice.rocketmq.remoting.Offsets;
import dev.sluice.rocketmq.remoting.TopicQueue;
import dev.sluice.rocketmq.runtime.Calls;
import dev.sluice.rocketmq.runtime.QueueDirectory;
import java.util.OptionalLong;

/** Where to begin in a queue. */
public final class StartPosition {
  private final Offsets offsets;
  private final QueueDirectory directory;
  private final OffsetStore store;
  private final StartFrom without;

  /**
   * Positions by the group's offsets.
   *
   * @param without where to begin in queues that have none
   */
  public StartPosition(
      Offsets offsets, QueueDirectory directory, OffsetStore store, StartFrom without) {
    this.offsets = offsets;
    this.directory = directory;
    this.store = store;
    this.without = without;
  }

  /** The first offset wanted. */
  public long find(MessageQueue queue) throws InterruptedException {
    OptionalLong known = store.load(queue);
    if (known.isPresent()) {
      return known.getAsLong();
    }
    TopicQueue where = directory.find(queue);
    return switch (without) {
      case StartFrom.First() -> Calls.<Long>await(reply -> offsets.min(where, reply));
      case StartFrom.Last() -> Calls.<Long>await(reply -> offsets.max(where, reply));
      case StartFrom.At at ->
          Calls.<Long>await(reply -> offsets.byTime(where, at.time().toEpochMilli(), reply));
    };
  }
}
