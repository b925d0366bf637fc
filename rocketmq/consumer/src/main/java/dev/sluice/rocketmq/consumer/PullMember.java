package dev.sluice.rocketmq.consumer;

import dev.sluice.lifecycle.BoundedCloseable;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.rocketmq.client.FilterExpression;
import dev.sluice.rocketmq.client.Namespace;
import dev.sluice.rocketmq.group.BrokerOffsets;
import dev.sluice.rocketmq.group.GroupMember;
import dev.sluice.rocketmq.group.LocalOffsets;
import dev.sluice.rocketmq.group.Loop;
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
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/**
 * A pull consumer that runs: the member of its group, if it is one, and the queues that it reads.
 */
final class PullMember implements BoundedCloseable {
  private final Membership parts;
  private final PulledQueues queues;
  private final GroupMember member;
  private final AsyncCalls calls;

  private PullMember(Membership parts, PulledQueues queues, GroupMember member, AsyncCalls calls) {
    this.parts = parts;
    this.queues = queues;
    this.member = member;
    this.calls = calls;
  }

  /** Opens everything and joins; undoes that when it fails. */
  static PullMember join(
      PullConsumerOptions options, Namespace namespace, ClientRuntimes runtimes) {
    RuntimeLease lease = runtimes.lease(options.client());
    try {
      Membership parts = open(options, namespace, lease);
      Handlers handlers = new Handlers(options.client(), lease.runtime().ledger());
      PulledQueues queues =
          new PulledQueues(
              parts, options, change -> tell(options, QueueNames.of(change, namespace), handlers));
      Loop.Round upkeep =
          () -> {
            parts.offsets().persist(queues.queues());
            return options.commitInterval();
          };
      GroupMember member = GroupMember.join(parts, queues, upkeep, new PullAnswers(parts, queues));
      return new PullMember(parts, queues, member, new AsyncCalls(parts.tasks(), handlers));
    } catch (RuntimeException e) {
      var unused = lease.closeAsync(Deadline.after(Duration.ofSeconds(5)));
      throw e;
    }
  }

  private static Membership open(
      PullConsumerOptions options, Namespace namespace, RuntimeLease lease) {
    ClientRuntime runtime = lease.runtime();
    String group = namespace.wrap(options.group());
    Map<String, FilterExpression> topics = new LinkedHashMap<>();
    options.subscriptions().forEach((topic, wanted) -> topics.put(namespace.wrap(topic), wanted));
    MemberTerms terms =
        new MemberTerms(
            options.client(),
            namespace,
            group,
            Heartbeat.ConsumeType.CONSUME_ACTIVELY,
            options.model(),
            topics,
            options.startFrom(),
            options.allocation(),
            options.rebalanceInterval(),
            runtime.clock().currentTimeMillis());
    QueueDirectory directory = new QueueDirectory(runtime.remoting());
    OffsetStore offsets =
        terms.isBroadcasting()
            ? LocalOffsets.open(options.offsetDirectory(), options.client(), group)
            : new BrokerOffsets(runtime.remoting(), directory, group);
    return Membership.of(terms, lease, directory, offsets);
  }

  @SuppressWarnings("CatchingUnchecked") // Whatever it throws, the queues are shared.
  private static void tell(
      PullConsumerOptions options, AssignmentChange change, Handlers handlers) {
    try {
      options.assignmentListener().accept(change);
    } catch (Throwable e) {
      handlers.uncaught(e);
    }
  }

  Membership parts() {
    return parts;
  }

  PulledQueues queues() {
    return queues;
  }

  AsyncCalls calls() {
    return calls;
  }

  @Override
  public CompletionStage<CloseReport> closeAsync(Deadline deadline) {
    return member.closeAsync(deadline);
  }
}
