package dev.sluice.eventbus.core;

import dev.sluice.eventbus.BusSnapshot.Consumption;
import dev.sluice.eventbus.BusSnapshot.Health;
import dev.sluice.eventbus.BusSnapshot.Partition;
import dev.sluice.eventbus.dispatch.DispatchSnapshot;
import dev.sluice.eventbus.dispatch.DispatchSnapshot.FlowSnapshot;
import dev.sluice.eventbus.transport.PartitionStatus;
import dev.sluice.eventbus.transport.TransportHealth;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Puts together what dispatchers and the transport tell of partitions. */
final class Snapshots {

  private static final long NOTHING_FETCHED = -1;

  private Snapshots() {}

  static Consumption consumption(TopicSubscription subscription, List<PartitionStatus> statuses) {
    DispatchSnapshot now = subscription.inspectDispatcher();
    Map<String, PartitionStatus> known =
        statuses.stream()
            .filter(status -> status.topic().equals(subscription.topic()))
            .collect(
                Collectors.toMap(
                    PartitionStatus::partition, Function.identity(), (first, second) -> first));
    List<Partition> partitions =
        now.flows().stream()
            .map(flow -> partition(subscription.topic(), flow, known.get(flow.name())))
            .toList();
    return new Consumption(
        subscription.topic(),
        now.running(),
        now.overdue(),
        now.waiting(),
        now.bytes(),
        now.handled(),
        now.retries(),
        now.deadLettered(),
        now.skipped(),
        now.discarded(),
        subscription.parkedCount(),
        partitions);
  }

  private static Partition partition(
      String topic, FlowSnapshot flow, @Nullable PartitionStatus status) {
    return new Partition(
        topic,
        flow.name(),
        flow.frontier(),
        flow.unresolved(),
        flow.frontierAge(),
        flow.oldestKey(),
        flow.stalled(),
        status == null ? OptionalLong.empty() : status.committed(),
        status == null ? OptionalLong.empty() : status.lag());
  }

  /** How a bus is that runs. */
  static Health health(TransportHealth transport, List<Consumption> subscriptions) {
    if (!transport.up()) {
      return Health.DOWN;
    }
    boolean waiting =
        subscriptions.stream()
            .anyMatch(
                subscription ->
                    subscription.parked() > 0
                        || subscription.partitions().stream().anyMatch(Partition::stalled));
    return waiting ? Health.ATTENTION : Health.UP;
  }

  /** Those that are assigned and have no handler. */
  static List<Partition> held(List<PartitionStatus> statuses) {
    return statuses.stream()
        .filter(PartitionStatus::held)
        .map(
            status ->
                new Partition(
                    status.topic(),
                    status.partition(),
                    NOTHING_FETCHED,
                    0,
                    Duration.ZERO,
                    null,
                    false,
                    status.committed(),
                    status.lag()))
        .toList();
  }
}
