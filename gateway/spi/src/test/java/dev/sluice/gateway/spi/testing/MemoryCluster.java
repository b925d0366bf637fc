package dev.sluice.gateway.spi.testing;

import dev.sluice.gateway.spi.ConsumerGroup;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.gateway.spi.MemberInquiries;
import dev.sluice.gateway.spi.OutboundMessage;
import dev.sluice.gateway.spi.QueueId;
import dev.sluice.gateway.spi.Topology;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What is stored at one address. Its lock guards topics and groups too. */
final class MemoryCluster {

  static final String NODE = "memory-0";

  private final MemoryOptions options;
  private final Map<String, MemoryTopic> topics = new TreeMap<>();
  private final Map<String, MemoryGroup> groups = new HashMap<>();
  private final Map<Position, Long> offsets = new HashMap<>();
  private final Map<String, ConsumerGroup> settings = new HashMap<>();
  private final MemoryTransactions transactions = new MemoryTransactions();
  private final MemoryMembers members = new MemoryMembers();
  private final List<Consumer<String>> memberWatchers = new ArrayList<>();
  private final List<Runnable> watchers = new ArrayList<>();
  private volatile MemberInquiries inquiries = MemberInquiries.NONE;
  private long serial;

  private record Position(String group, String topic, QueueId queue) {}

  MemoryCluster(MemoryOptions options) {
    this.options = options;
  }

  /** Guarded by this cluster's lock. */
  MemoryTransactions transactions() {
    return transactions;
  }

  /** Guarded by this cluster's lock. */
  MemoryMembers members() {
    return members;
  }

  /** Told, under no lock, of the groups whose members change. */
  synchronized void watchMembers(Consumer<String> watcher) {
    memberWatchers.add(watcher);
  }

  synchronized void unwatchMembers(Consumer<String> watcher) {
    memberWatchers.remove(watcher);
  }

  /** What administrators ask is answered by this from now on. */
  void answering(MemberInquiries answers) {
    inquiries = answers;
  }

  MemberInquiries inquiries() {
    return inquiries;
  }

  void membersChanged(String group) {
    List<Consumer<String>> all;
    synchronized (this) {
      all = List.copyOf(memberWatchers);
    }
    all.forEach(watcher -> watcher.accept(group));
  }

  synchronized long nextSerial() {
    return ++serial;
  }

  synchronized @Nullable MemoryTopic topicOrNull(String name) {
    return topics.get(name);
  }

  synchronized MemoryTopic topic(String name) {
    MemoryTopic topic = topics.get(name);
    if (topic == null) {
      throw GatewayException.notFound(
          Subject.TOPIC, "topic: " + name + " (expected: one that exists)");
    }
    return topic;
  }

  synchronized MemoryTopic topicForSend(String name) {
    if (options.createsTopicsOnSend()) {
      create(name, options.queues(), null);
    }
    return topic(name);
  }

  synchronized void create(String name, int queues, Topology.@Nullable MessageKind kind) {
    topics.computeIfAbsent(name, unknown -> new MemoryTopic(name, queues, kind));
  }

  synchronized List<String> topicNames() {
    return List.copyOf(topics.keySet());
  }

  synchronized Topology topology(String name) {
    MemoryTopic topic = topic(name);
    var queues = new ArrayList<Topology.Queue>();
    for (int i = 0; i < topic.queues().size(); i++) {
      queues.add(new Topology.Queue(new QueueId(NODE, i), true, true));
    }
    return new Topology(name, queues, topic.accepts());
  }

  synchronized MemoryGroup group(MemoryTopic topic, String name) {
    return groups.computeIfAbsent(
        topic.name() + "\n" + name, unknown -> new MemoryGroup(this, topic, name));
  }

  synchronized OptionalLong committed(String group, String topic, QueueId queue) {
    Long offset = offsets.get(new Position(group, topic, queue));
    return offset == null ? OptionalLong.empty() : OptionalLong.of(offset);
  }

  synchronized void commit(String group, String topic, QueueId queue, long offset) {
    offsets.put(new Position(group, topic, queue), offset);
  }

  synchronized void configure(ConsumerGroup group) {
    settings.put(group.name(), group);
  }

  /** Of a group that nobody configured: what RocketMQ's brokers do. */
  synchronized ConsumerGroup settingsOf(String group) {
    return settings.getOrDefault(
        group,
        new ConsumerGroup(
            group, false, 17, new ConsumerGroup.Retries.Steps(List.of(Duration.ofSeconds(10)))));
  }

  /** Runs the watcher, under no lock, whenever something may have become available. */
  synchronized void watch(Runnable watcher) {
    watchers.add(watcher);
  }

  synchronized void unwatch(Runnable watcher) {
    watchers.remove(watcher);
  }

  void changed() {
    List<Runnable> all;
    synchronized (this) {
      all = List.copyOf(watchers);
    }
    all.forEach(Runnable::run);
  }

  synchronized List<List<OutboundMessage>> stored(String name) {
    MemoryTopic topic = topics.get(name);
    return topic == null
        ? List.of()
        : topic.queues().stream()
            .map(queue -> queue.stream().map(MemoryTopic.Stored::message).toList())
            .toList();
  }

  synchronized int hidden(String topic, String group, long now) {
    return topics.containsKey(topic) ? group(topic(topic), group).hidden(now) : 0;
  }

  synchronized int unacknowledged(String topic, String group) {
    return topics.containsKey(topic) ? group(topic(topic), group).unacknowledged() : 0;
  }
}
