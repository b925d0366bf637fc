package dev.sluice.eventbus.memory;

import dev.sluice.eventbus.EventBusException;
import dev.sluice.eventbus.EventBusException.Category;
import dev.sluice.eventbus.transport.Intake;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What a member has: makes its feeds those that its group deals it and that it hands out. Whatever
 * changes wakes it; it then looks what is wanted now, one turn at a time.
 */
final class MemberAssignments {

  private final String member;
  private final MemoryCluster cluster;
  private final MemoryGroup group;
  private final Turns turns;
  // Each topic is taken out when it was detached.
  private final ConcurrentMap<String, Attachment> attachments = new ConcurrentHashMap<>();
  private final CompletableFuture<Void> closed = new CompletableFuture<>();
  // The turns' alone.
  private final Map<TopicPartition, PartitionFeed> feeds = new HashMap<>();
  private long generation;

  private final AtomicLong rebalances = new AtomicLong();
  private volatile Set<TopicPartition> assigned = Set.of();
  private volatile boolean closing;

  MemberAssignments(String member, MemoryCluster cluster, MemoryGroup group) {
    this.member = member;
    this.cluster = cluster;
    this.group = group;
    this.turns = new Turns("member " + member, this::turn);
  }

  void wake() {
    turns.call();
  }

  void attach(String topic, Intake intake) {
    if (attachments.putIfAbsent(topic, new Attachment(intake)) != null) {
      throw new IllegalStateException(topic + " is handed out already");
    }
    wake();
  }

  void quiesce(String topic) {
    Attachment attachment = attachments.get(topic);
    if (attachment != null) {
      attachment.quiesce();
    }
  }

  CompletionStage<Void> detach(String topic) {
    Attachment attachment = attachments.get(topic);
    if (attachment == null) {
      return CompletableFuture.completedStage(null);
    }
    attachment.end();
    wake();
    return attachment.detached();
  }

  /** Commits, and gives up all. */
  CompletionStage<Void> close() {
    closing = true;
    wake();
    return closed;
  }

  Set<TopicPartition> assigned() {
    return assigned;
  }

  boolean isAttached(String topic) {
    return attachments.containsKey(topic);
  }

  long rebalances() {
    return rebalances.get();
  }

  private void turn() {
    if (closing) {
      giveUpAll();
      attachments.values().forEach(attachment -> attachment.detached().complete(null));
      attachments.clear();
      closed.complete(null);
      return;
    }
    attachments.forEach(
        (topic, attachment) -> {
          if (attachment.isEnding()) {
            detachNow(topic, attachment);
          }
        });
    switch (group.directive(member)) {
      case Directive.Silence silence -> {}
      case Directive.GiveBack giveBack -> {
        giveUpAll();
        group.gaveBack(member, giveBack.generation());
      }
      case Directive.Have have -> take(have);
    }
  }

  private void giveUpAll() {
    feeds.values().forEach(PartitionFeed::end);
    feeds.clear();
    assigned = Set.of();
  }

  private void take(Directive.Have have) {
    if (have.generation() != generation) {
      generation = have.generation();
      rebalances.incrementAndGet();
    }
    assigned = have.partitions();
    for (TopicPartition partition : have.partitions()) {
      Attachment attachment = attachments.get(partition.topic());
      if (attachment != null && !attachment.isEnding() && !feeds.containsKey(partition)) {
        var feed = feed(partition, attachment, have.generation());
        feeds.put(partition, feed);
        feed.begin();
      }
    }
  }

  private PartitionFeed feed(TopicPartition partition, Attachment attachment, long inGeneration) {
    return new PartitionFeed(
        partition,
        cluster.log(partition),
        group.committed(partition),
        attachment,
        new PartitionFeed.Membership() {
          @Override
          public boolean commit(long offset) {
            return group.commit(member, inGeneration, partition, offset);
          }

          @Override
          public boolean isCutOff() {
            return group.isCutOff(member);
          }
        });
  }

  private void detachNow(String topic, Attachment attachment) {
    boolean committed = true;
    var each = feeds.entrySet().iterator();
    while (each.hasNext()) {
      var entry = each.next();
      if (entry.getKey().topic().equals(topic)) {
        committed &= entry.getValue().end();
        each.remove();
      }
    }
    attachments.remove(topic, attachment);
    if (committed) {
      attachment.detached().complete(null);
    } else {
      attachment
          .detached()
          .completeExceptionally(
              EventBusException.of(Category.UNAVAILABLE, "memory: " + topic + " not committed"));
    }
  }
}
