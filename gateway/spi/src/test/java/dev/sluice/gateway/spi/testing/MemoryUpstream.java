package dev.sluice.gateway.spi.testing;

import dev.sluice.gateway.spi.AckOutcome;
import dev.sluice.gateway.spi.Cancellable;
import dev.sluice.gateway.spi.Capabilities;
import dev.sluice.gateway.spi.CheckListener;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.ConsumerGroup;
import dev.sluice.gateway.spi.Delivery;
import dev.sluice.gateway.spi.ErrorCategory;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.GroupMembers;
import dev.sluice.gateway.spi.LiteChange;
import dev.sluice.gateway.spi.Loop;
import dev.sluice.gateway.spi.Loops;
import dev.sluice.gateway.spi.MemberInquiries;
import dev.sluice.gateway.spi.MembersListener;
import dev.sluice.gateway.spi.Membership;
import dev.sluice.gateway.spi.NewHandle;
import dev.sluice.gateway.spi.OpenTransaction;
import dev.sluice.gateway.spi.OutboundMessage;
import dev.sluice.gateway.spi.PullRequest;
import dev.sluice.gateway.spi.Pulled;
import dev.sluice.gateway.spi.QueueId;
import dev.sluice.gateway.spi.QueueOffsets;
import dev.sluice.gateway.spi.ReceiveRequest;
import dev.sluice.gateway.spi.Receiving;
import dev.sluice.gateway.spi.Resolution;
import dev.sluice.gateway.spi.SendReceipt;
import dev.sluice.gateway.spi.Subscription;
import dev.sluice.gateway.spi.Topology;
import dev.sluice.gateway.spi.Upstream;
import dev.sluice.gateway.spi.testing.MemoryFaults.Operation;
import dev.sluice.lifecycle.Clock;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A client of a message system in memory. */
final class MemoryUpstream implements Upstream {

  private final MemoryCluster cluster;
  private final MemoryOptions options;
  private final AtomicInteger open;
  private final MemoryCalls calls;
  private final MemoryStoring storing;
  private final MemoryHandedOut handedOut;
  private final CompletableFuture<CloseReport> closed = new CompletableFuture<>();
  private volatile @Nullable CheckListener checks;
  private volatile @Nullable MemoryChecks watching;
  private volatile @Nullable MembersListener members;
  private volatile @Nullable Consumer<String> watchingMembers;

  MemoryUpstream(
      MemoryCluster cluster,
      Loops loops,
      Clock clock,
      MemoryOptions options,
      MemoryFaults faults,
      AtomicInteger open) {
    this.cluster = cluster;
    this.options = options;
    this.open = open;
    this.calls = new MemoryCalls(cluster, loops, clock, options.immediate(), faults);
    this.storing = new MemoryStoring(calls, options);
    this.handedOut = new MemoryHandedOut(calls);
  }

  @Override
  public void start(Completion<Capabilities> completion) {
    calls.call(
        Operation.START,
        completion,
        () -> {
          calls.started();
          open.incrementAndGet();
          CheckListener listener = checks;
          if (listener != null) {
            watching = new MemoryChecks(cluster, calls.loop(), calls.clock(), listener);
            watching.begin();
          }
          MembersListener hearing = members;
          if (hearing != null) {
            Loop loop = calls.loop();
            Consumer<String> watcher = group -> loop.execute(() -> hearing.changed(group));
            watchingMembers = watcher;
            cluster.watchMembers(watcher);
          }
          return options.capabilities();
        });
  }

  @Override
  public void ping(Completion<Void> completion) {
    calls.run(Operation.PING, completion, () -> {});
  }

  @Override
  public void topology(String topic, Completion<Topology> completion) {
    calls.call(Operation.TOPOLOGY, completion, () -> cluster.topology(topic));
  }

  @Override
  public void topics(Completion<List<String>> completion) {
    calls.call(Operation.TOPOLOGY, completion, cluster::topicNames);
  }

  @Override
  public void createTopic(
      String topic, int queues, Topology.MessageKind kind, Completion<Void> completion) {
    calls.run(Operation.TOPOLOGY, completion, () -> cluster.create(topic, queues, kind));
  }

  @Override
  public Cancellable send(
      List<OutboundMessage> messages, Duration timeout, Completion<List<SendReceipt>> completion) {
    var batch = List.copyOf(messages);
    calls.call(Operation.SEND, completion, () -> storing.store(batch));
    return Cancellable.NONE;
  }

  @Override
  public void recall(String topic, String handle, Completion<String> completion) {
    calls.call(Operation.RECALL, completion, () -> storing.recall(topic, handle));
  }

  @Override
  public void onCheck(CheckListener listener) {
    checks = listener;
  }

  @Override
  public void begin(
      OutboundMessage message,
      String note,
      Duration checkAfter,
      Duration timeout,
      Completion<OpenTransaction> completion) {
    calls.call(Operation.BEGIN, completion, () -> storing.begin(message, note, checkAfter));
  }

  @Override
  public void end(String handle, Resolution resolution, Completion<Void> completion) {
    calls.run(Operation.END, completion, () -> storing.end(handle, resolution));
  }

  @Override
  public int encodedSize(OutboundMessage message) {
    return storing.encodedSize(message);
  }

  @Override
  public @Nullable QueueId queueOf(String topic, String shardingKey) {
    MemoryTopic known = cluster.topicOrNull(topic);
    return known == null ? null : new QueueId(MemoryCluster.NODE, known.queueOf(shardingKey));
  }

  @Override
  public void group(String group, Completion<ConsumerGroup> completion) {
    calls.call(Operation.GROUP, completion, () -> cluster.settingsOf(group));
  }

  @Override
  public void subscribe(Subscription subscription, Completion<Void> completion) {
    calls.run(
        Operation.SUBSCRIBE,
        completion,
        () -> {
          synchronized (cluster) {
            MemoryTopic topic = cluster.topic(subscription.topic());
            cluster.group(topic, subscription.group()).place(subscription.start());
          }
        });
  }

  @Override
  public void unsubscribe(String topic, String group, Completion<Void> completion) {
    calls.run(Operation.SUBSCRIBE, completion, () -> {});
  }

  @Override
  public void changeLite(LiteChange change, Completion<Void> completion) {
    completion.failed(
        new GatewayException(
            ErrorCategory.UNSUPPORTED,
            GatewayException.Subject.LITE_TOPIC,
            "lite topics: not in memory (expected: a message system that has them)"));
  }

  @Override
  public void onInquiry(MemberInquiries inquiries) {
    cluster.answering(inquiries);
  }

  @Override
  public void onMembers(MembersListener listener) {
    members = listener;
  }

  @Override
  public void join(Membership membership, Completion<Void> completion) {
    calls.run(
        Operation.JOIN,
        completion,
        () -> {
          synchronized (cluster) {
            cluster.members().join(this, membership);
          }
          cluster.membersChanged(membership.group());
        });
  }

  @Override
  public void leave(String topic, String group, Completion<Void> completion) {
    calls.run(
        Operation.JOIN,
        completion,
        () -> {
          synchronized (cluster) {
            cluster.members().leave(this, topic, group);
          }
          cluster.membersChanged(group);
        });
  }

  @Override
  public void members(String topic, String group, Completion<GroupMembers> completion) {
    calls.call(
        Operation.MEMBERS,
        completion,
        () -> {
          synchronized (cluster) {
            return cluster.members().members(topic, group);
          }
        });
  }

  @Override
  public Receiving receive(ReceiveRequest request, Completion<List<Delivery>> completion) {
    return calls.await(
        Operation.RECEIVE,
        request.maxWait(),
        new MemoryReceive(cluster, calls.faults(), request),
        completion);
  }

  @Override
  public void ack(
      String topic, String group, List<String> handles, Completion<List<AckOutcome>> completion) {
    var all = List.copyOf(handles);
    calls.call(Operation.ACK, completion, () -> handedOut.ack(topic, group, all));
  }

  @Override
  public void deadLetter(String group, Delivery delivery, Completion<Void> completion) {
    calls.run(Operation.DEAD_LETTER, completion, () -> handedOut.bury(group, delivery));
  }

  @Override
  public void storeDeadLetter(
      String topic, String group, String handle, Completion<Void> completion) {
    calls.run(
        Operation.DEAD_LETTER, completion, () -> handedOut.storeDeadLetter(topic, group, handle));
  }

  @Override
  public Cancellable pull(PullRequest request, Completion<Pulled> completion) {
    return calls.await(
        Operation.PULL, request.maxWait(), new MemoryPull(cluster, request), completion);
  }

  @Override
  public QueueOffsets offsets() {
    return new MemoryOffsets(
        cluster,
        new MemoryOffsets.Calls() {
          @Override
          public <T> void make(Completion<T> completion, Supplier<T> effect) {
            calls.call(Operation.OFFSETS, completion, effect);
          }
        });
  }

  @Override
  public String deadLetterTopic(String group) {
    return MemoryHandedOut.deadLetterTopic(group);
  }

  @Override
  public void changeInvisible(
      String topic,
      String group,
      String handle,
      Duration invisible,
      Completion<NewHandle> completion) {
    calls.call(
        Operation.CHANGE_INVISIBLE,
        completion,
        () -> handedOut.changeInvisible(topic, group, handle, invisible));
  }

  @Override
  public CompletionStage<CloseReport> closeAsync(Deadline deadline) {
    if (calls.close()) {
      calls.begin(
          Operation.CLOSE,
          calls.loop(),
          () -> {
            if (calls.isStarted()) {
              open.decrementAndGet();
            }
            MemoryChecks asking = watching;
            if (asking != null) {
              asking.end();
            }
            Consumer<String> hearing = watchingMembers;
            if (hearing != null) {
              cluster.unwatchMembers(hearing);
            }
            Set<String> left;
            synchronized (cluster) {
              left = cluster.members().leaveAll(this);
            }
            left.forEach(cluster::membersChanged);
            closed.complete(CloseReport.clean("memory upstream"));
          });
    }
    return closed;
  }
}
