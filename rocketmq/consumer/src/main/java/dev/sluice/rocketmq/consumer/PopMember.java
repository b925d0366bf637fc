package dev.sluice.rocketmq.consumer;

import dev.sluice.lifecycle.BoundedCloseable;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.StagedClose;
import dev.sluice.rocketmq.client.FilterExpression;
import dev.sluice.rocketmq.client.Namespace;
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
import dev.sluice.rocketmq.runtime.Handlers;
import dev.sluice.rocketmq.runtime.QueueDirectory;
import dev.sluice.rocketmq.runtime.RuntimeLease;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A pop consumer that runs: a member of its group, with what asks brokers for messages. */
final class PopMember implements BoundedCloseable {
  private static final Duration SOON = Duration.ofSeconds(1);

  private final Membership parts;
  private final PopReceiver receiver;
  private final AsyncCalls calls;
  private final BoundedCloseable closing;

  private PopMember(Membership parts, PopReceiver receiver, AsyncCalls calls) {
    this.parts = parts;
    this.receiver = receiver;
    this.calls = calls;
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
    Handlers handlers = new Handlers(options.client(), runtime.ledger());
    return new PopMember(
        parts,
        new PopReceiver(parts, handlers, options.ordered()),
        new AsyncCalls(parts.tasks(), handlers));
  }

  List<Delivery> receive(int max, Duration wait, Duration invisible) throws InterruptedException {
    return receiver.receive(max, wait, invisible, new CompletableFuture<>());
  }

  CompletableFuture<List<Delivery>> receiveAsync(int max, Duration wait, Duration invisible) {
    CompletableFuture<List<Delivery>> received = new CompletableFuture<>();
    return calls.start(
        received,
        new AsyncCalls.Call<>() {
          @Override
          public List<Delivery> call() throws InterruptedException {
            try {
              return receiver.receive(max, wait, invisible, received);
            } catch (InterruptedException e) {
              if (receiver.isClosed()) {
                // The consumer interrupts its own threads at its end.
                return List.of();
              }
              throw e;
            }
          }

          @Override
          public List<Delivery> whenClosed() {
            return List.of();
          }

          @Override
          public void takeBack(List<Delivery> deliveries) {
            deliveries.forEach(PopMember::showAgain);
          }
        });
  }

  /** Nobody has it: it need not be hidden for long. What fails comes again later. */
  private static void showAgain(Delivery delivery) {
    var unused = delivery.changeInvisibleAsync(SOON);
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
