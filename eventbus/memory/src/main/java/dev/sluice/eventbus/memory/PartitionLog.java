package dev.sluice.eventbus.memory;

import dev.sluice.eventbus.EventBusException;
import dev.sluice.eventbus.EventBusException.Category;
import dev.sluice.eventbus.InboundMessage;
import dev.sluice.eventbus.OutboundMessage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The messages of a partition, how far each group is, and who wants to know of new ones. When it is
 * full, the oldest go that every group has behind it; if there are none, nothing more comes in.
 */
final class PartitionLog {

  private static final int FIRST_CAPACITY = 64;

  private final TopicPartition name;
  private final int maxMessages;
  private final long maxBytes;
  private final Map<String, Long> committed = new HashMap<>();
  private final List<Runnable> watchers = new CopyOnWriteArrayList<>();
  // A ring: the message of an offset is at the offset modulo the length, a power of two.
  private @Nullable InboundMessage[] ring = new InboundMessage[FIRST_CAPACITY];
  private long start;
  private long end;
  private long bytes;

  PartitionLog(TopicPartition name, int maxMessages, long maxBytes) {
    this.name = name;
    this.maxMessages = maxMessages;
    this.maxBytes = maxBytes;
  }

  /** Stores a message, and tells those who watch. */
  long append(OutboundMessage message, Instant now) {
    long offset;
    synchronized (this) {
      offset = end;
      var stored =
          new InboundMessage(
              name.topic(),
              name.name(),
              offset,
              message.key(),
              message.body(),
              message.headers(),
              now,
              1);
      makeRoom(stored.size());
      if (end - start == ring.length) {
        grow();
      }
      ring[index(offset)] = stored;
      bytes += stored.size();
      end++;
    }
    for (Runnable watcher : watchers) {
      watcher.run();
    }
    return offset;
  }

  private void makeRoom(long size) {
    long done = committed.values().stream().mapToLong(Long::longValue).min().orElse(start);
    while (start < done && isFull(size)) {
      drop();
    }
    if (end > start && isFull(size)) {
      throw EventBusException.of(
          Category.OVERLOADED,
          name
              + ": "
              + (end - start)
              + " messages, "
              + bytes
              + " bytes (expected: at most "
              + maxMessages
              + " and "
              + maxBytes
              + " that not all groups have handled)");
    }
  }

  private boolean isFull(long size) {
    return end - start >= maxMessages || (end > start && bytes + size > maxBytes);
  }

  private void drop() {
    int index = index(start);
    InboundMessage oldest = ring[index];
    if (oldest != null) {
      bytes -= oldest.size();
    }
    ring[index] = null;
    start++;
  }

  private void grow() {
    var larger = new InboundMessage[ring.length * 2];
    for (long offset = start; offset < end; offset++) {
      larger[(int) (offset & (larger.length - 1))] = ring[index(offset)];
    }
    ring = larger;
  }

  private int index(long offset) {
    return (int) (offset & (ring.length - 1));
  }

  /** What there is from an offset on, a few at a time. */
  synchronized List<InboundMessage> read(long from, int max) {
    List<InboundMessage> found = new ArrayList<>();
    for (long offset = Math.max(from, start); offset < end && found.size() < max; offset++) {
      InboundMessage message = ring[index(offset)];
      if (message != null) {
        found.add(message);
      }
    }
    return found;
  }

  /** Has what it has not handled kept for a group, which begins with the oldest there is. */
  synchronized void register(String group) {
    committed.putIfAbsent(group, start);
  }

  synchronized void commit(String group, long offset) {
    committed.merge(group, offset, Math::max);
  }

  synchronized long committed(String group) {
    return Math.max(start, committed.getOrDefault(group, start));
  }

  synchronized long end() {
    return end;
  }

  void watch(Runnable watcher) {
    watchers.add(watcher);
  }

  void unwatch(Runnable watcher) {
    watchers.remove(watcher);
  }
}
