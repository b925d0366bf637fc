package dev.sluice.eventbus.kafka;

import dev.sluice.eventbus.KafkaOptions;
import dev.sluice.eventbus.transport.Intake;
import dev.sluice.eventbus.transport.PartitionStatus;
import dev.sluice.lifecycle.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the member of the group has: which partitions are assigned, which topics are handed out, and
 * the flows of those that are both. A partition without a flow is paused from its assignment on.
 * Used by the polling thread alone, in whose polls Kafka calls the listener.
 */
final class Membership implements ConsumerRebalanceListener {
  private static final Logger LOG = LoggerFactory.getLogger(Membership.class);

  /** For leaving a group whose coordinator does not answer. */
  private static final Duration SILENCE = Duration.ofMillis(300);

  private final Consumer<byte[], byte[]> consumer;
  private final Runnable wake;
  private final Frontiers frontiers;
  private final Set<TopicPartition> assigned = new HashSet<>();
  private final Map<TopicPartition, HandedPartition> handed = new HashMap<>();

  /** Of topics with a handler; bounded by the declared topics, removed when detached. */
  private final Map<String, Intake> intakes = new HashMap<>();

  private final Set<String> quiet = new HashSet<>();
  private final AtomicBoolean progress = new AtomicBoolean();
  private final AtomicLong rebalances = new AtomicLong();

  Membership(
      Consumer<byte[], byte[]> consumer,
      KafkaOptions options,
      Runnable wake,
      Supplier<@Nullable Deadline> closing) {
    this.consumer = consumer;
    this.wake = wake;
    this.frontiers = new Frontiers(consumer, options.commitInterval(), wake, closing);
  }

  long rebalances() {
    return rebalances.get();
  }

  @Override
  public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
    if (partitions.isEmpty()) {
      return;
    }
    rebalances.incrementAndGet();
    assigned.addAll(partitions);
    for (TopicPartition partition : partitions) {
      hand(partition);
    }
    LOG.info("assigned {}", partitions);
  }

  @Override
  public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
    if (partitions.isEmpty()) {
      return;
    }
    rebalances.incrementAndGet();
    Map<TopicPartition, Long> last = new HashMap<>();
    for (TopicPartition partition : partitions) {
      revoke(partition).ifPresent(offset -> last.put(partition, offset));
    }
    assigned.removeAll(partitions);
    if (!frontiers.commitLast(last)) {
      LOG.info("{} are given up with what was committed before", partitions);
    }
    frontiers.forget(partitions);
    LOG.info("revoked {}", partitions);
  }

  /** They may be others' by now, so nothing is committed. */
  @Override
  public void onPartitionsLost(Collection<TopicPartition> partitions) {
    if (partitions.isEmpty()) {
      return;
    }
    rebalances.incrementAndGet();
    partitions.forEach(this::revoke);
    assigned.removeAll(partitions);
    frontiers.forget(partitions);
    LOG.warn("lost {}", partitions);
  }

  /** Opens a flow if the topic has a handler, and holds the partition otherwise. */
  private void hand(TopicPartition partition) {
    Intake intake = quiet.contains(partition.topic()) ? null : intakes.get(partition.topic());
    if (intake == null) {
      consumer.pause(Set.of(partition));
      return;
    }
    try {
      handed.put(partition, new HandedPartition(partition, intake, wake, this::onProgress));
      consumer.resume(Set.of(partition));
    } catch (RuntimeException e) { // the bus's: the partition is held, and the group goes on
      LOG.error("{} cannot be handed out", partition, e);
      consumer.pause(Set.of(partition));
    }
  }

  private void onProgress() {
    if (!progress.get() && progress.compareAndSet(false, true)) {
      wake.run();
    }
  }

  private OptionalLong revoke(TopicPartition partition) {
    HandedPartition flow = handed.remove(partition);
    return flow == null ? OptionalLong.empty() : flow.revoke();
  }

  /** Has the consumer go on with the first message that is not resolved. */
  private OptionalLong rewind(TopicPartition partition) {
    HandedPartition flow = handed.remove(partition);
    if (flow == null) {
      return OptionalLong.empty();
    }
    OptionalLong frontier = flow.revoke();
    flow.resumption().ifPresent(from -> consumer.seek(partition, from));
    return frontier;
  }

  void attach(String topic, Intake intake) {
    of(topic).forEach(this::rewind);
    quiet.remove(topic);
    intakes.put(topic, intake);
    of(topic).forEach(this::hand);
  }

  void quiesce(String topic) {
    if (intakes.containsKey(topic)) {
      quiet.add(topic);
      consumer.pause(of(topic));
    }
  }

  void detach(String topic, CompletableFuture<Void> done) {
    intakes.remove(topic);
    quiet.remove(topic);
    Map<TopicPartition, Long> last = new HashMap<>();
    for (TopicPartition partition : of(topic)) {
      consumer.pause(Set.of(partition));
      rewind(partition).ifPresent(frontier -> last.put(partition, frontier));
    }
    frontiers.commit(last, done);
  }

  private List<TopicPartition> of(String topic) {
    return assigned.stream().filter(each -> each.topic().equals(topic)).toList();
  }

  /** What was fetched. */
  void take(TopicPartition partition, List<ConsumerRecord<byte[], byte[]>> records) {
    HandedPartition flow = handed.get(partition);
    if (flow == null) {
      // Fetched before it was paused: it is fetched again when it is handed out.
      consumer.seek(partition, records.getFirst().offset());
      consumer.pause(Set.of(partition));
    } else if (!flow.take(records)) {
      consumer.pause(Set.of(partition));
    }
  }

  /** Offers again what flows refused and may take now. */
  void offerRefused() {
    handed.forEach(
        (partition, flow) -> {
          if (flow.hasRoom() && !quiet.contains(partition.topic()) && flow.offerAll()) {
            consumer.resume(Set.of(partition));
          }
        });
  }

  void commitIfDue() {
    if (!progress.get() || !frontiers.isDue()) {
      return;
    }
    progress.set(false);
    Map<TopicPartition, Long> now = new HashMap<>();
    handed.forEach(
        (partition, flow) -> {
          if (flow.frontier() >= 0) {
            now.put(partition, flow.frontier());
          }
        });
    frontiers.commitNow(now, () -> progress.set(true));
  }

  /** How long a poll may take for the next commit to be in time. */
  Duration untilCommit(Duration longest) {
    return progress.get() ? frontiers.untilDue(longest) : longest;
  }

  List<PartitionStatus> statuses() {
    List<PartitionStatus> all = new ArrayList<>();
    for (TopicPartition partition : assigned) {
      HandedPartition flow = handed.get(partition);
      OptionalLong behind = consumer.currentLag(partition);
      long here = flow == null ? 0 : flow.unresolved();
      all.add(
          new PartitionStatus(
              partition.topic(),
              Records.name(partition),
              flow == null,
              frontiers.committed(partition),
              behind.isPresent() ? OptionalLong.of(behind.getAsLong() + here) : behind));
    }
    return all;
  }

  /** Ends all flows without a commit. */
  void lose() {
    handed.values().forEach(HandedPartition::revoke);
    handed.clear();
    assigned.clear();
  }

  /** Commits, ends all flows, leaves the group and disconnects, by the deadline. */
  void leave(Deadline deadline) {
    Map<TopicPartition, Long> last = new HashMap<>();
    handed.forEach(
        (partition, flow) -> flow.revoke().ifPresent(offset -> last.put(partition, offset)));
    handed.clear();
    Deadline leaving = Deadline.after(SILENCE);
    try {
      if (frontiers.commitLast(last)) {
        leaving = deadline;
      }
    } finally {
      consumer.close(CloseOptions.timeout(leaving.earlier(deadline).remaining()));
      frontiers.failWaiting();
    }
  }
}
