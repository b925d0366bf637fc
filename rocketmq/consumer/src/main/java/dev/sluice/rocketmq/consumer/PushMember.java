package dev.sluice.rocketmq.consumer;

import dev.sluice.lifecycle.BoundedCloseable;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.rocketmq.client.FilterExpression;
import dev.sluice.rocketmq.client.Namespace;
import dev.sluice.rocketmq.group.BrokerOffsets;
import dev.sluice.rocketmq.group.ConsumeModel;
import dev.sluice.rocketmq.group.GroupMember;
import dev.sluice.rocketmq.group.HeldLocks;
import dev.sluice.rocketmq.group.LocalOffsets;
import dev.sluice.rocketmq.group.MemberTerms;
import dev.sluice.rocketmq.group.Membership;
import dev.sluice.rocketmq.group.OffsetStore;
import dev.sluice.rocketmq.requests.Heartbeat;
import dev.sluice.rocketmq.runtime.ClientRuntime;
import dev.sluice.rocketmq.runtime.ClientRuntimes;
import dev.sluice.rocketmq.runtime.Handlers;
import dev.sluice.rocketmq.runtime.QueueDirectory;
import dev.sluice.rocketmq.runtime.RuntimeLease;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A push consumer in its group: the member, and the queues whose messages it hands out. */
final class PushMember implements BoundedCloseable {
  private final GroupMember member;
  private final Assignments assignments;

  private PushMember(GroupMember member, Assignments assignments) {
    this.member = member;
    this.assignments = assignments;
  }

  /** Opens everything and joins; undoes that when it fails. */
  static PushMember join(
      PushConsumerOptions options,
      Namespace namespace,
      ClientRuntimes runtimes,
      BooleanSupplier paused) {
    RuntimeLease lease = runtimes.lease(options.client());
    try {
      MemberParts parts = open(options, namespace, lease);
      ConsumeWatch watch = new ConsumeWatch(parts.clock(), options.consumeTimeout());
      @Nullable HeldLocks locks = options.ordered() ? new HeldLocks(parts.membership()) : null;
      Assignments assignments = new Assignments(parts, watch, locks, paused);
      GroupMember member =
          GroupMember.join(
              parts.membership(),
              assignments,
              new MemberUpkeep(parts, assignments, watch),
              new MemberAnswers(parts, assignments));
      return new PushMember(member, assignments);
    } catch (RuntimeException e) {
      var unused = lease.closeAsync(Deadline.after(Duration.ofSeconds(5)));
      throw e;
    }
  }

  private static MemberParts open(
      PushConsumerOptions options, Namespace namespace, RuntimeLease lease) {
    ClientRuntime runtime = lease.runtime();
    String group = namespace.wrap(options.group());
    boolean broadcasting = options.model() == ConsumeModel.BROADCASTING;
    Map<String, FilterExpression> topics = new LinkedHashMap<>();
    options.subscriptions().forEach((topic, wanted) -> topics.put(namespace.wrap(topic), wanted));
    if (!broadcasting) {
      topics.put(MemberTerms.retryTopic(group), FilterExpression.all());
    }
    MemberTerms terms =
        new MemberTerms(
            options.client(),
            namespace,
            group,
            Heartbeat.ConsumeType.CONSUME_PASSIVELY,
            options.model(),
            topics,
            options.startFrom(),
            options.allocation(),
            options.rebalanceInterval(),
            runtime.clock().currentTimeMillis());
    QueueDirectory directory = new QueueDirectory(runtime.remoting());
    OffsetStore offsets =
        broadcasting
            ? LocalOffsets.open(options.offsetDirectory(), options.client(), group)
            : new BrokerOffsets(runtime.remoting(), directory, group);
    Handlers uncaught = new Handlers(options.client(), runtime.ledger());
    return new MemberParts(
        options,
        Membership.of(terms, lease, directory, offsets),
        new Semaphore(options.maxConcurrency(), true),
        new HandlerCalls(options.handler(), options.interceptors(), uncaught));
  }

  Collection<AssignedQueue> held() {
    return assignments.held();
  }

  @Override
  public CompletionStage<CloseReport> closeAsync(Deadline deadline) {
    return member.closeAsync(deadline);
  }
}
