package dev.sluice.rocketmq.remoting;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a topic lives: an immutable snapshot that all threads may share.
 *
 * <p>Queues are in the order of broker name and queue number, so that a key's queue stays the same
 * as long as the queues do.
 */
public final class Route {
  private static final Comparator<TopicQueue> QUEUE_ORDER =
      Comparator.comparing((TopicQueue queue) -> queue.broker().name())
          .thenComparingInt(TopicQueue::id);

  private final String topic;
  private final Broker[] brokers;
  private final TopicQueue[] writable;
  private final TopicQueue[] readable;
  private final Broker[] readers;
  private final boolean provisional;

  Route(
      String topic,
      List<Broker> brokers,
      List<TopicQueue> writable,
      List<TopicQueue> readable,
      boolean provisional) {
    this.topic = topic;
    this.brokers = brokers.toArray(Broker[]::new);
    this.writable = writable.stream().sorted(QUEUE_ORDER).toArray(TopicQueue[]::new);
    this.readable = readable.stream().sorted(QUEUE_ORDER).toArray(TopicQueue[]::new);
    this.readers =
        Arrays.stream(this.readable)
            .map(TopicQueue::broker)
            .filter(broker -> broker.reader() != null)
            .distinct()
            .toArray(Broker[]::new);
    this.provisional = provisional;
  }

  /** The topic. */
  public String topic() {
    return topic;
  }

  /**
   * Whether the topic does not exist yet and a broker creates it on the first send. Such a route
   * has writable queues only.
   */
  public boolean provisional() {
    return provisional;
  }

  /** How many queues can be written; those of brokers without a master are left out. */
  public int writableCount() {
    return writable.length;
  }

  /**
   * A writable queue.
   *
   * @param index 0 to {@link #writableCount()} - 1
   */
  public TopicQueue writable(int index) {
    return writable[index];
  }

  /** How many queues can be read. */
  public int readableCount() {
    return readable.length;
  }

  /**
   * A readable queue.
   *
   * @param index 0 to {@link #readableCount()} - 1
   */
  public TopicQueue readable(int index) {
    return readable[index];
  }

  /** How many brokers have readable queues. */
  public int readerCount() {
    return readers.length;
  }

  /**
   * A broker with readable queues.
   *
   * @param index 0 to {@link #readerCount()} - 1
   */
  public Broker reader(int index) {
    return readers[index];
  }

  /** The brokers of the topic. */
  public List<Broker> brokers() {
    return List.of(brokers);
  }

  /** The queues that can be written. */
  public List<TopicQueue> writableQueues() {
    return List.of(writable);
  }

  /** The queues that can be read. */
  public List<TopicQueue> readableQueues() {
    return List.of(readable);
  }

  /** The broker of this name, or null if the topic is not on it. */
  public @Nullable Broker broker(String name) {
    for (Broker broker : brokers) {
      if (broker.name().equals(name)) {
        return broker;
      }
    }
    return null;
  }

  /**
   * The writable queue of a sharding key: the key's {@link String#hashCode()} through the finalizer
   * of MurmurHash3 (32 bit), modulo the number of writable queues. The same key gives the same
   * queue in every process while the route's queues are the same.
   *
   * @throws ClientException UNAVAILABLE if no queue can be written
   */
  public TopicQueue writableFor(String shardingKey) {
    int h = shardingKey.hashCode();
    h = (h ^ (h >>> 16)) * 0x85ebca6b;
    h = (h ^ (h >>> 13)) * 0xc2b2ae35;
    h ^= h >>> 16;
    return writable[Math.floorMod(h, requireWritable())];
  }

  /**
   * The writable queue for a running number; callers keep their own counter, one per event loop.
   *
   * @throws ClientException UNAVAILABLE if no queue can be written
   */
  public TopicQueue writableInTurn(int turn) {
    return writable[Math.floorMod(turn, requireWritable())];
  }

  private int requireWritable() {
    int count = writable.length;
    if (count == 0) {
      throw ClientException.of(
          FailureCategory.UNAVAILABLE, "topic: " + topic + " has no queue that can be written");
    }
    return count;
  }

  boolean sameAs(Route other) {
    return provisional == other.provisional
        && Arrays.equals(brokers, other.brokers)
        && Arrays.equals(writable, other.writable)
        && Arrays.equals(readable, other.readable);
  }

  @Override
  public String toString() {
    return "Route["
        + topic
        + ", writable="
        + writable.length
        + ", readable="
        + readable.length
        + ']';
  }
}
