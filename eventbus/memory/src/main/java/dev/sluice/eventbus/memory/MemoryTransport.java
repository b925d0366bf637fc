package dev.sluice.eventbus.memory;

import dev.sluice.eventbus.BusOptions;
import dev.sluice.eventbus.EventBusException;
import dev.sluice.eventbus.EventBusException.Category;
import dev.sluice.eventbus.InboundMessage;
import dev.sluice.eventbus.MemoryOptions;
import dev.sluice.eventbus.OutboundMessage;
import dev.sluice.eventbus.Published;
import dev.sluice.eventbus.transport.Intake;
import dev.sluice.eventbus.transport.PartitionStatus;
import dev.sluice.eventbus.transport.Transport;
import dev.sluice.eventbus.transport.TransportHealth;
import dev.sluice.lifecycle.BoundedCloseable;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.lifecycle.StagedClose;
import dev.sluice.lifecycle.Tracked;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A member of a group of a {@link MemoryCluster}. */
final class MemoryTransport implements Transport {

  private final BusOptions options;
  private final String member;
  private final MemoryCluster cluster;
  private final MemoryGroup group;
  private final Ledger ledger;
  private final MemberAssignments assignments;
  private final BoundedCloseable closing;
  private final AtomicReference<@Nullable Tracked> tracked = new AtomicReference<>();

  private MemoryTransport(BusOptions options, String member, MemoryCluster cluster, Ledger ledger) {
    this.options = options;
    this.member = member;
    this.cluster = cluster;
    this.group = cluster.group(options.group());
    this.ledger = ledger;
    this.assignments = new MemberAssignments(member, cluster, group);
    this.closing = StagedClose.named("memory").stage("leave", 1, deadline -> leave()).build();
  }

  static Transport create(MemoryOptions options, Ledger ledger) {
    return new MemoryTransport(options.bus(), options.member(), clusterOf(options), ledger);
  }

  private static MemoryCluster clusterOf(MemoryOptions options) {
    return switch (options.broker()) {
      case null -> MemoryCluster.create();
      case MemoryCluster shared -> shared;
      default -> throw EventBusException.invalid("broker", options.broker(), "a MemoryCluster");
    };
  }

  @Override
  public String name() {
    return "memory";
  }

  @Override
  public void start() {
    group.join(member, options.topics(), assignments::wake);
    tracked.set(ledger.track("memory member", options.group() + '/' + member, this));
  }

  @Override
  public CompletableFuture<Published> publish(
      String topic, OutboundMessage message, Deadline deadline) {
    if (group.isCutOff(member)) {
      return CompletableFuture.failedFuture(cutOff());
    }
    MemoryTopic found = cluster.topic(topic);
    int partition = found.partitionOf(message.key());
    try {
      long offset = found.partitions().get(partition).append(message, Instant.now());
      return CompletableFuture.completedFuture(
          new Published(topic, Integer.toString(partition), offset));
    } catch (EventBusException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public void attach(String topic, Intake intake) {
    assignments.attach(topic, intake);
  }

  @Override
  public void quiesce(String topic) {
    assignments.quiesce(topic);
  }

  @Override
  public CompletionStage<Void> detach(String topic) {
    return assignments.detach(topic);
  }

  @Override
  public CompletionStage<List<InboundMessage>> browse(
      String topic, @Nullable String from, int max) {
    if (group.isCutOff(member)) {
      return CompletableFuture.failedStage(cutOff());
    }
    if (max < 1 || max > 1000) {
      return CompletableFuture.failedStage(EventBusException.invalid("max", max, "1 to 1000"));
    }
    try {
      return CompletableFuture.completedStage(read(topic, Place.of(from), max));
    } catch (EventBusException e) {
      return CompletableFuture.failedStage(e);
    }
  }

  private List<InboundMessage> read(String topic, Place from, int max) {
    List<PartitionLog> logs = cluster.topic(topic).partitions();
    List<InboundMessage> found = new ArrayList<>();
    for (int i = from.partition(); i < logs.size() && found.size() < max; i++) {
      long first = i == from.partition() ? from.next() : 0;
      found.addAll(logs.get(i).read(first, max - found.size()));
    }
    return found;
  }

  /** Where to read on. */
  private record Place(int partition, long next) {
    static Place of(@Nullable String position) {
      if (position == null) {
        return new Place(0, 0);
      }
      try {
        int at = position.indexOf('@');
        return new Place(
            Integer.parseInt(position, 0, Math.max(0, at), 10),
            Long.parseLong(position.substring(at + 1)) + 1);
      } catch (NumberFormatException e) {
        throw EventBusException.invalid("from", position, "the position of a message");
      }
    }
  }

  private static EventBusException cutOff() {
    return EventBusException.of(Category.UNAVAILABLE, "memory: the member is cut off");
  }

  @Override
  public List<PartitionStatus> partitions() {
    return assignments.assigned().stream().map(this::status).toList();
  }

  private PartitionStatus status(TopicPartition partition) {
    long committed = group.committed(partition);
    long lag = Math.max(0, cluster.log(partition).end() - committed);
    return new PartitionStatus(
        partition.topic(),
        partition.name(),
        !assignments.isAttached(partition.topic()),
        OptionalLong.of(committed),
        OptionalLong.of(lag));
  }

  @Override
  public TransportHealth health() {
    boolean up = !group.isCutOff(member);
    return new TransportHealth(up, up ? "in memory" : "cut off", assignments.rebalances());
  }

  private CompletionStage<Void> leave() {
    return assignments.close().whenComplete((done, failure) -> left());
  }

  private void left() {
    Tracked entry = tracked.getAndSet(null);
    if (entry != null) {
      group.leave(member);
      entry.close();
    }
  }

  @Override
  public CompletionStage<CloseReport> closeAsync(Deadline deadline) {
    return closing.closeAsync(deadline);
  }

  @Override
  public CloseReport close(Deadline deadline) {
    return closing.close(deadline);
  }
}
