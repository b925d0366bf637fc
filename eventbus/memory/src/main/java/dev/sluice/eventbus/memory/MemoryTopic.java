package dev.sluice.eventbus.memory;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A topic's partitions, and which of them a message goes to. */
final class MemoryTopic {

  private final List<PartitionLog> partitions;
  private final AtomicInteger next = new AtomicInteger();

  MemoryTopic(String name, int partitions, int maxMessages, long maxBytes) {
    this.partitions =
        IntStream.range(0, partitions)
            .mapToObj(
                each -> new PartitionLog(new TopicPartition(name, each), maxMessages, maxBytes))
            .toList();
  }

  List<PartitionLog> partitions() {
    return partitions;
  }

  /** By the key's hash; in turn where there is none. */
  int partitionOf(@Nullable String key) {
    if (key == null) {
      return Math.floorMod(next.getAndIncrement(), partitions.size());
    }
    // Multiplied, as hashes of similar keys differ in their last bits alone.
    return Math.floorMod((key.hashCode() * 0x9E3779B1) >>> 8, partitions.size());
  }
}
