package dev.sluice.rocketmq.consumer;

import dev.sluice.lifecycle.BoundedCloseable;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.StagedClose;
import dev.sluice.rocketmq.client.FilterExpression;
import dev.sluice.rocketmq.client.MessageQueue;
import dev.sluice.rocketmq.client.Namespace;
import dev.sluice.rocketmq.group.BrokerOffsets;
import dev.sluice.rocketmq.group.ConsumeModel;
import dev.sluice.rocketmq.group.LocalOffsets;
import dev.sluice.rocketmq.group.Loop;
import dev.sluice.rocketmq.group.OffsetStore;
import dev.sluice.rocketmq.group.Tasks;
import dev.sluice.rocketmq.remoting.ClientException;
import dev.sluice.rocketmq.remoting.RemotingClient;
import dev.sluice.rocketmq.remoting.Reply;
import dev.sluice.rocketmq.requests.Done;
import dev.sluice.rocketmq.runtime.ClientRuntime;
import dev.sluice.rocketmq.runtime.ClientRuntimes;
import dev.sluice.rocketmq.runtime.Handlers;
import dev.sluice.rocketmq.runtime.QueueDirectory;
import dev.sluice.rocketmq.runtime.RuntimeLease;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A member of a classic consumer group, from joining to leaving. */
final class GroupMember implements BoundedCloseable {
  private static final Logger log = LoggerFactory.getLogger(GroupMember.class);

  private final MemberParts parts;
  private final ClientRuntime runtime;
  private final Map<String, FilterExpression> topics;
  private final Assignments assignments;
  private final Loop rebalancing;
  private final Loop upkeeping;
  private final BoundedCloseable closing;

  private GroupMember(
      MemberParts parts,
      RuntimeLease lease,
      Map<String, FilterExpression> topics,
      BooleanSupplier paused) {
    this.parts = parts;
    this.runtime = lease.runtime();
    this.topics = topics;
    PushConsumerOptions options = parts.options();
    ConsumeWatch watch = new ConsumeWatch(parts.clock(), options.consumeTimeout());
    HeldLocks locks = options.ordered() ? new HeldLocks(parts) : null;
    this.assignments = new Assignments(parts, watch, locks, paused);
    this.rebalancing = new Loop(new Rebalancer(parts, assignments, topics), this::failed);
    assignments.whenLost(rebalancing::wake);
    this.upkeeping = new Loop(new MemberUpkeep(parts, assignments, watch), this::failed);
    this.closing =
        StagedClose.named("member of " + parts.group())
            .clock(parts.clock())
            .action("take no more queues", this::stopLoops)
            .stage("await handlers", 0.6, deadline -> assignments.ending())
            .stage("hand queues over", 0.5, deadline -> inBackground(this::handOver))
            .stage("leave", 0.5, deadline -> leave())
            .stage("end tasks", 0.7, deadline -> parts.tasks().interrupt())
            .action("free", this::free)
            .child("client", lease)
            .build();
  }

  /** Opens everything and joins; undoes that when it fails. */
  static GroupMember join(
      PushConsumerOptions options,
      Namespace namespace,
      ClientRuntimes runtimes,
      BooleanSupplier paused) {
    RuntimeLease lease = runtimes.lease(options.client());
    ClientRuntime runtime = lease.runtime();
    String group = namespace.wrap(options.group());
    boolean known = false;
    try {
      GroupMember member = open(options, namespace, group, lease, paused);
      try {
        runtime.changes().add(group, member.rebalancing::wake);
        known = true;
        member.begin();
        return member;
      } catch (RuntimeException e) {
        member.free();
        throw e;
      }
    } catch (RuntimeException e) {
      if (known) {
        runtime.changes().remove(group);
      }
      var unused = lease.closeAsync(Deadline.after(Duration.ofSeconds(5)));
      throw e;
    }
  }

  private static GroupMember open(
      PushConsumerOptions options,
      Namespace namespace,
      String group,
      RuntimeLease lease,
      BooleanSupplier paused) {
    ClientRuntime runtime = lease.runtime();
    RemotingClient remoting = runtime.remoting();
    QueueDirectory directory = new QueueDirectory(remoting);
    boolean broadcasting = options.model() == ConsumeModel.BROADCASTING;
    OffsetStore offsets =
        broadcasting
            ? LocalOffsets.open(offsetFile(options, group))
            : new BrokerOffsets(remoting, directory, group);
    Handlers uncaught = new Handlers(options.client(), runtime.ledger());
    String retryTopic = "%RETRY%" + group;
    MemberParts parts =
        new MemberParts(
            options,
            remoting,
            runtime.clock(),
            namespace,
            group,
            retryTopic,
            directory,
            offsets,
            new Tasks(
                runtime.ledger(),
                options.client().clientId(),
                "rocketmq-consumer",
                failure -> log.error("A task of group {} failed", group, failure)),
            new Semaphore(options.maxConcurrency(), true),
            new HandlerCalls(options.handler(), uncaught));
    Map<String, FilterExpression> topics = new LinkedHashMap<>();
    options.subscriptions().forEach((topic, wanted) -> topics.put(namespace.wrap(topic), wanted));
    if (!broadcasting) {
      topics.put(retryTopic, FilterExpression.all());
    }
    return new GroupMember(parts, lease, topics, paused);
  }

  /** Not by the client id, which is another one in each process. */
  private static Path offsetFile(PushConsumerOptions options, String group) {
    String client = options.client().clientIp() + '@' + options.client().instanceName();
    return options
        .offsetDirectory()
        .resolve(client.replace(':', '_').replace('/', '_'))
        .resolve(group);
  }

  private void begin() {
    long now = parts.clock().currentTimeMillis();
    runtime
        .inquiries()
        .add(
            parts.group(),
            new MemberAnswers(parts, assignments, MemberShown.subscriptions(topics, now), now));
    parts
        .remoting()
        .memberships()
        .joinClassic(MemberShown.of(parts.group(), parts.options(), topics, now), whenTold());
    parts.tasks().start(upkeeping);
  }

  /** Until the brokers have heard of this member there is nothing to share. */
  private Reply<Done> whenTold() {
    return new Reply<>() {
      @Override
      public void done(Done told) {
        parts.tasks().start(rebalancing);
      }

      @Override
      public void failed(ClientException failure) {
        log.warn("No broker has heard of {} yet: {}", parts.group(), failure.getMessage());
        parts.tasks().start(rebalancing);
      }
    };
  }

  private void failed(RuntimeException failure) {
    log.error("The upkeep of group {} failed", parts.group(), failure);
  }

  Set<MessageQueue> queues() {
    return assignments.queues();
  }

  Collection<AssignedQueue> held() {
    return assignments.held();
  }

  private void stopLoops() {
    rebalancing.stop();
    upkeeping.stop();
    runtime.changes().remove(parts.group());
    runtime.inquiries().remove(parts.group());
  }

  private void handOver() throws InterruptedException {
    parts.offsets().persist(assignments.queues());
    assignments.end();
  }

  private CompletionStage<?> inBackground(Tasks.Task task) {
    CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
    boolean started =
        parts
            .tasks()
            .start(
                () -> {
                  try {
                    task.run();
                  } finally {
                    done.complete(null);
                  }
                });
    if (!started) {
      done.complete(null);
    }
    return done;
  }

  private CompletionStage<?> leave() {
    CompletableFuture<@Nullable Void> left = new CompletableFuture<>();
    parts
        .remoting()
        .memberships()
        .leave(
            parts.group(),
            new Reply<>() {
              @Override
              public void done(Done told) {
                left.complete(null);
              }

              @Override
              public void failed(ClientException failure) {
                left.complete(null);
              }
            });
    return left;
  }

  private void free() {
    parts.tasks().free();
    if (parts.offsets() instanceof LocalOffsets local) {
      local.close();
    }
  }

  @Override
  public CompletionStage<CloseReport> closeAsync(Deadline deadline) {
    return closing.closeAsync(deadline);
  }
}
