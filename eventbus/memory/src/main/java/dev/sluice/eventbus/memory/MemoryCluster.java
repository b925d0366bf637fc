package dev.sluice.eventbus.memory;

import dev.sluice.eventbus.EventBusException;
import dev.sluice.eventbus.MemoryBroker;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * A broker in memory, for the buses of one process: topics with partitions, which are there when
 * they are first named, groups with members that share them, and how far each group is. It has no
 * threads and nothing to close; what was not handled is gone with the process.
 *
 * <p><b>Retention.</b> A partition is bounded in messages and bytes. When one is full, the oldest
 * messages go that all groups have handled that ever joined; if there are none, publishing fails as
 * OVERLOADED: nothing that somebody waits for is dropped. A topic without a group, such as one of
 * dead letters, keeps what it has.
 *
 * <p><b>Groups</b> begin with the oldest message that is there when their first member joins.
 * Partitions are shared eagerly: when a member comes or goes, all give theirs back, and get new
 * ones.
 *
 * <p>For any number of threads.
 */
public final class MemoryCluster implements MemoryBroker {

  private static final int PARTITIONS = 4;
  private static final int MESSAGES = 1_000_000;
  private static final long BYTES = 256L << 20;

  private final int partitions;
  private final int maxMessages;
  private final long maxBytes;
  // As many as programs name: a broker's, too, are for ever.
  private final ConcurrentMap<String, MemoryTopic> topics = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, MemoryGroup> groups = new ConcurrentHashMap<>();

  private MemoryCluster(int partitions, int maxMessages, long maxBytes) {
    this.partitions = partitions;
    this.maxMessages = maxMessages;
    this.maxBytes = maxBytes;
  }

  /** Four partitions a topic, of a million messages and 256 MiB each. */
  public static MemoryCluster create() {
    return create(PARTITIONS, MESSAGES, BYTES);
  }

  /**
   * With these bounds.
   *
   * @param partitions of each topic, 1 to 1024
   * @param maxMessages of a partition, 1 to 100,000,000
   * @param maxBytes of a partition, bodies and headers, at least 64 KiB
   */
  public static MemoryCluster create(int partitions, int maxMessages, long maxBytes) {
    if (partitions < 1 || partitions > 1024) {
      throw EventBusException.invalid("partitions", partitions, "1 to 1024");
    }
    if (maxMessages < 1 || maxMessages > 100_000_000) {
      throw EventBusException.invalid("maxMessages", maxMessages, "1 to 100000000");
    }
    if (maxBytes < 65_536) {
      throw EventBusException.invalid("maxBytes", maxBytes, ">= 65536");
    }
    return new MemoryCluster(partitions, maxMessages, maxBytes);
  }

  /**
   * Cuts a member off, as a broken network or a process that stands still would: nothing that it
   * publishes or commits arrives, and its partitions go to others, while its handlers go on. False
   * if there is none of that name.
   */
  public boolean cutOff(String group, String member) {
    MemoryGroup found = groups.get(group);
    return found != null && found.cutOff(member);
  }

  /** Lets a member that was cut off come back; it gives up what it had, and joins again. */
  public boolean letBack(String group, String member) {
    MemoryGroup found = groups.get(group);
    return found != null && found.letBack(member);
  }

  MemoryTopic topic(String name) {
    return topics.computeIfAbsent(
        name, made -> new MemoryTopic(made, partitions, maxMessages, maxBytes));
  }

  MemoryGroup group(String name) {
    return groups.computeIfAbsent(name, made -> new MemoryGroup(made, this));
  }

  PartitionLog log(TopicPartition partition) {
    return topic(partition.topic()).partitions().get(partition.partition());
  }
}
