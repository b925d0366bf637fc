package dev.sluice.rocketmq.consumer;

import dev.sluice.lifecycle.BoundedCloseable;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.StagedClose;
import dev.sluice.rocketmq.client.FilterExpression;
import dev.sluice.rocketmq.client.Namespace;
import dev.sluice.rocketmq.client.RocketMQException;
import dev.sluice.rocketmq.group.AllocationStrategy;
import dev.sluice.rocketmq.group.BrokerOffsets;
import dev.sluice.rocketmq.group.ConsumeModel;
import dev.sluice.rocketmq.group.MemberTerms;
import dev.sluice.rocketmq.group.Membership;
import dev.sluice.rocketmq.remoting.ClientException;
import dev.sluice.rocketmq.remoting.Reply;
import dev.sluice.rocketmq.requests.Done;
import dev.sluice.rocketmq.requests.Heartbeat;
import dev.sluice.rocketmq.runtime.ClientRuntime;
import dev.sluice.rocketmq.runtime.ClientRuntimes;
import dev.sluice.rocketmq.runtime.QueueDirectory;
import dev.sluice.rocketmq.runtime.RuntimeLease;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** A pop consumer that runs: a member of its group, with what asks brokers for messages. */
final class PopMember implements BoundedCloseable {
  private static final int MOST_CALLS = 1000;

  private final Membership parts;
  private final PopReceiver receiver;
  private final Semaphore calls = new Semaphore(MOST_CALLS);
  private final BoundedCloseable closing;

  private PopMember(Membership parts, PopReceiver receiver) {
    this.parts = parts;
    this.receiver = receiver;
    this.closing =
        StagedClose.named("member of " + parts.group())
            .clock(parts.clock())
            .action("receive no more", receiver::close)
            .stage("leave", 0.5, deadline -> leave())
            .stage("end tasks", 0.7, deadline -> parts.tasks().interrupt())
            .action("free", () -> parts.tasks().free())
            .child("client", parts.lease())
            .build();
  }

  /** Opens everything; undoes that when it fails. Brokers are asked by the first receive. */
  static PopMember join(PopConsumerOptions options, Namespace namespace, ClientRuntimes runtimes) {
    RuntimeLease lease = runtimes.lease(options.client());
    ClientRuntime runtime = lease.runtime();
    String group = namespace.wrap(options.group());
    try {
      // So that a client has one member of a group.
      runtime.changes().add(group, () -> {});
    } catch (RuntimeException e) {
      var unused = lease.closeAsync(Deadline.after(Duration.ofSeconds(5)));
      throw e;
    }
    Map<String, FilterExpression> topics = new LinkedHashMap<>();
    options.subscriptions().forEach((topic, wanted) -> topics.put(namespace.wrap(topic), wanted));
    MemberTerms terms =
        new MemberTerms(
            options.client(),
            namespace,
            group,
            Heartbeat.ConsumeType.CONSUME_POP,
            ConsumeModel.CLUSTERING,
            topics,
            options.startFrom(),
            AllocationStrategy.averagely(),
            Duration.ofDays(1),
            runtime.clock().currentTimeMillis());
    QueueDirectory directory = new QueueDirectory(runtime.remoting());
    Membership parts =
        Membership.of(
            terms, lease, directory, new BrokerOffsets(runtime.remoting(), directory, group));
    return new PopMember(parts, new PopReceiver(parts));
  }

  List<Delivery> receive(int max, Duration wait, Duration invisible) throws InterruptedException {
    return receiver.receive(max, wait, invisible);
  }

  CompletableFuture<List<Delivery>> receiveAsync(int max, Duration wait, Duration invisible) {
    if (!calls.tryAcquire()) {
      return CompletableFuture.failedFuture(
          RocketMQException.of(
              RocketMQException.Category.OVERLOADED,
              "receives under way: " + MOST_CALLS + " (expected: fewer)"));
    }
    CompletableFuture<List<Delivery>> received = new CompletableFuture<>();
    boolean started = parts.tasks().start(() -> receive(received, max, wait, invisible));
    if (!started) {
      calls.release();
      received.complete(List.of());
    }
    return received;
  }

  @SuppressWarnings("CatchingUnchecked") // Whatever it is, the future fails with it.
  private void receive(
      CompletableFuture<List<Delivery>> received, int max, Duration wait, Duration invisible) {
    List<Delivery> deliveries;
    try {
      try {
        deliveries = Blocking.on(() -> receiver.receive(max, wait, invisible));
      } finally {
        calls.release();
      }
    } catch (Throwable e) {
      received.completeExceptionally(e);
      return;
    }
    received.complete(deliveries);
  }

  private CompletionStage<?> leave() {
    parts.lease().runtime().changes().remove(parts.group());
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

  @Override
  public CompletionStage<CloseReport> closeAsync(Deadline deadline) {
    return closing.closeAsync(deadline);
  }
}
