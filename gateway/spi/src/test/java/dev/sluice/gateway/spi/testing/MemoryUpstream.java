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
import dev.sluice.gateway.spi.GatewayException.Subject;
import dev.sluice.gateway.spi.GroupMembers;
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
import dev.sluice.gateway.spi.Schedule;
import dev.sluice.gateway.spi.SendReceipt;
import dev.sluice.gateway.spi.Subscription;
import dev.sluice.gateway.spi.Topology;
import dev.sluice.gateway.spi.Upstream;
import dev.sluice.gateway.spi.testing.MemoryFaults.Operation;
import dev.sluice.lifecycle.Clock;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A client of a message system in memory. */
final class MemoryUpstream implements Upstream {

  private final MemoryCluster cluster;
  private final Loops loops;
  private final Clock clock;
  private final MemoryOptions options;
  private final MemoryFaults faults;
  private final AtomicInteger open;
  private final Set<MemoryWait<?>> waits = ConcurrentHashMap.newKeySet();
  private final CompletableFuture<CloseReport> closed = new CompletableFuture<>();
  private volatile @Nullable CheckListener checks;
  private volatile @Nullable MemoryChecks watching;
  private volatile @Nullable MembersListener members;
  private volatile @Nullable Consumer<String> watchingMembers;
  private volatile boolean started;
  private volatile boolean closing;

  MemoryUpstream(
      MemoryCluster cluster,
      Loops loops,
      Clock clock,
      MemoryOptions options,
      MemoryFaults faults,
      AtomicInteger open) {
    this.cluster = cluster;
    this.loops = loops;
    this.clock = clock;
    this.options = options;
    this.faults = faults;
    this.open = open;
  }

  @Override
  public void start(Completion<Capabilities> completion) {
    call(
        Operation.START,
        completion,
        () -> {
          started = true;
          open.incrementAndGet();
          CheckListener listener = checks;
          if (listener != null) {
            watching = new MemoryChecks(cluster, loops.current(), clock, listener);
            watching.begin();
          }
          MembersListener hearing = members;
          if (hearing != null) {
            Loop loop = loops.current();
            Consumer<String> watcher = group -> loop.execute(() -> hearing.changed(group));
            watchingMembers = watcher;
            cluster.watchMembers(watcher);
          }
          return options.capabilities();
        });
  }

  @Override
  public void ping(Completion<Void> completion) {
    run(Operation.PING, completion, () -> {});
  }

  @Override
  public void topology(String topic, Completion<Topology> completion) {
    call(Operation.TOPOLOGY, completion, () -> cluster.topology(topic));
  }

  @Override
  public void topics(Completion<List<String>> completion) {
    call(Operation.TOPOLOGY, completion, cluster::topicNames);
  }

  @Override
  public void createTopic(
      String topic, int queues, Topology.MessageKind kind, Completion<Void> completion) {
    run(Operation.TOPOLOGY, completion, () -> cluster.create(topic, queues, kind));
  }

  @Override
  public Cancellable send(
      List<OutboundMessage> messages, Duration timeout, Completion<List<SendReceipt>> completion) {
    var batch = List.copyOf(messages);
    call(Operation.SEND, completion, () -> store(batch));
    return Cancellable.NONE;
  }

  private List<SendReceipt> store(List<OutboundMessage> batch) {
    batch.forEach(message -> check(batch, message));
    var receipts = new ArrayList<SendReceipt>();
    synchronized (cluster) {
      MemoryTopic topic = cluster.topicForSend(batch.getFirst().topic());
      String key = batch.getFirst().shardingKey();
      int queue = key == null ? topic.nextQueue() : topic.queueOf(key);
      for (OutboundMessage message : batch) {
        String itsKey = message.shardingKey();
        if (itsKey != null && topic.queueOf(itsKey) != queue) {
          throw refused(message, "messages of one queue");
        }
      }
      for (OutboundMessage message : batch) {
        String id = Objects.requireNonNullElseGet(message.id(), () -> "M" + cluster.nextSerial());
        receipts.add(topic.store(message, id, queue, clock.currentTimeMillis()));
      }
    }
    cluster.changed();
    GatewayException failure = faults.nextFailureAfterStoring();
    if (failure != null) {
      throw failure;
    }
    return receipts;
  }

  @Override
  public void recall(String topic, String handle, Completion<String> completion) {
    call(
        Operation.RECALL,
        completion,
        () -> {
          synchronized (cluster) {
            return cluster.topic(topic).recall(handle, clock.currentTimeMillis());
          }
        });
  }

  private void check(List<OutboundMessage> batch, OutboundMessage message) {
    OutboundMessage first = batch.getFirst();
    if (!message.topic().equals(first.topic()) || message.encoding() != first.encoding()) {
      throw refused(message, "one topic and encoding");
    }
    if ((message.shardingKey() == null) != (first.shardingKey() == null)) {
      throw refused(message, "all with a sharding key or none");
    }
    if (batch.size() > 1 && !message.batchable()) {
      throw refused(message, "one that may be batched");
    }
    if (message.body().remaining() > options.maxBodyBytes()) {
      throw GatewayException.invalid(
          Subject.BODY,
          "body: "
              + message.body().remaining()
              + " bytes (expected: at most "
              + options.maxBodyBytes()
              + ")");
    }
    MemoryBackend.checkProperties(message);
    if (faults.refuses(message)) {
      throw refused(message, "one that is not refused");
    }
    int size = batch.stream().mapToInt(this::encodedSize).sum();
    if (batch.size() > 1 && size > options.maxBatchBytes()) {
      throw refused(message, "at most " + options.maxBatchBytes() + " bytes in a batch");
    }
  }

  private static GatewayException refused(OutboundMessage message, String expected) {
    return GatewayException.invalid(
        Subject.MESSAGE, "message: " + message.topic() + " (expected: " + expected + ")");
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
    call(Operation.BEGIN, completion, () -> begin(message, note, checkAfter));
  }

  private OpenTransaction begin(OutboundMessage message, String note, Duration checkAfter) {
    if (!options.transactions()) {
      throw new GatewayException(
          ErrorCategory.UNSUPPORTED, Subject.TRANSACTION, "transactions: none (expected: some)");
    }
    if (!(message.schedule() instanceof Schedule.Now)) {
      throw GatewayException.invalid(
          Subject.DELIVERY_TIME, "schedule: " + message.schedule() + " (expected: none)");
    }
    check(List.of(message), message);
    OpenTransaction begun;
    synchronized (cluster) {
      MemoryTopic topic = cluster.topicForSend(message.topic());
      String id = Objects.requireNonNullElseGet(message.id(), () -> "M" + cluster.nextSerial());
      String handle = "transaction " + cluster.nextSerial();
      long now = clock.currentTimeMillis();
      cluster.transactions().begin(handle, topic, message, id, note, checkAfter, now);
      begun = new OpenTransaction(id, handle);
    }
    cluster.changed();
    return begun;
  }

  @Override
  public void end(String handle, Resolution resolution, Completion<Void> completion) {
    run(
        Operation.END,
        completion,
        () -> {
          synchronized (cluster) {
            cluster.transactions().end(handle, resolution, clock.currentTimeMillis());
          }
          cluster.changed();
          GatewayException failure = faults.nextFailureAfterEnding();
          if (failure != null) {
            throw failure;
          }
        });
  }

  @Override
  public int encodedSize(OutboundMessage message) {
    int size = 64 + message.body().remaining() + message.topic().length();
    for (var property : message.properties().entrySet()) {
      size += property.getKey().getBytes(StandardCharsets.UTF_8).length + 2;
      size += property.getValue().getBytes(StandardCharsets.UTF_8).length;
    }
    return size;
  }

  @Override
  public @Nullable QueueId queueOf(String topic, String shardingKey) {
    MemoryTopic known = cluster.topicOrNull(topic);
    return known == null ? null : new QueueId(MemoryCluster.NODE, known.queueOf(shardingKey));
  }

  @Override
  public void group(String group, Completion<ConsumerGroup> completion) {
    call(Operation.GROUP, completion, () -> cluster.settingsOf(group));
  }

  @Override
  public void subscribe(Subscription subscription, Completion<Void> completion) {
    run(
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
    run(Operation.SUBSCRIBE, completion, () -> {});
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
    run(
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
    run(
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
    call(
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
    return begin(
        new MemoryWait<>(
            this,
            Operation.RECEIVE,
            loops.current(),
            clock,
            request.maxWait(),
            new MemoryReceive(cluster, faults, request),
            completion));
  }

  private Receiving begin(MemoryWait<?> wait) {
    waits.add(wait);
    begin(wait.operation(), wait.loop(), wait::begin);
    return wait;
  }

  @Override
  public void ack(
      String topic, String group, List<String> handles, Completion<List<AckOutcome>> completion) {
    var all = List.copyOf(handles);
    call(
        Operation.ACK,
        completion,
        () -> {
          var outcomes = new ArrayList<AckOutcome>();
          for (String handle : all) {
            outcomes.add(ackOne(topic, group, handle));
          }
          cluster.changed();
          return outcomes;
        });
  }

  private AckOutcome ackOne(String topic, String group, String handle) {
    synchronized (cluster) {
      try {
        cluster.group(cluster.topic(topic), group).ack(handle, clock.currentTimeMillis());
        return AckOutcome.OK;
      } catch (GatewayException e) {
        return new AckOutcome.Failed(e);
      }
    }
  }

  @Override
  public void deadLetter(String group, Delivery delivery, Completion<Void> completion) {
    run(
        Operation.DEAD_LETTER,
        completion,
        () -> {
          synchronized (cluster) {
            long now = clock.currentTimeMillis();
            cluster.group(cluster.topic(delivery.topic()), group).ack(delivery.handle(), now);
            String name = deadLetterTopic(group);
            cluster.create(name, 1, Topology.MessageKind.NORMAL);
            cluster.topic(name).store(sent(delivery, name), delivery.messageId(), 0, now);
          }
          cluster.changed();
        });
  }

  @Override
  public void storeDeadLetter(
      String topic, String group, String handle, Completion<Void> completion) {
    run(
        Operation.DEAD_LETTER,
        completion,
        () -> {
          synchronized (cluster) {
            Delivery delivery = cluster.group(cluster.topic(topic), group).reread(handle);
            String name = deadLetterTopic(group);
            cluster.create(name, 1, Topology.MessageKind.NORMAL);
            cluster
                .topic(name)
                .store(sent(delivery, name), delivery.messageId(), 0, clock.currentTimeMillis());
          }
          cluster.changed();
        });
  }

  @Override
  public Cancellable pull(PullRequest request, Completion<Pulled> completion) {
    return begin(
        new MemoryWait<>(
            this,
            Operation.PULL,
            loops.current(),
            clock,
            request.maxWait(),
            new MemoryPull(cluster, request),
            completion));
  }

  @Override
  public QueueOffsets offsets() {
    return new MemoryOffsets(
        cluster,
        new MemoryOffsets.Calls() {
          @Override
          public <T> void make(Completion<T> completion, Supplier<T> effect) {
            call(Operation.OFFSETS, completion, effect);
          }
        });
  }

  private static OutboundMessage sent(Delivery delivery, String topic) {
    return new OutboundMessage(
        topic,
        delivery.messageId(),
        delivery.body(),
        delivery.encoding(),
        delivery.tag(),
        delivery.keys(),
        delivery.shardingKey(),
        delivery.properties(),
        delivery.bornAt(),
        delivery.bornHost(),
        Schedule.NOW);
  }

  @Override
  public String deadLetterTopic(String group) {
    return "%DLQ%" + group;
  }

  @Override
  public void changeInvisible(
      String topic,
      String group,
      String handle,
      Duration invisible,
      Completion<NewHandle> completion) {
    call(
        Operation.CHANGE_INVISIBLE,
        completion,
        () -> {
          NewHandle fresh;
          synchronized (cluster) {
            fresh =
                cluster
                    .group(cluster.topic(topic), group)
                    .changeInvisible(handle, invisible.toMillis(), clock.currentTimeMillis());
          }
          cluster.changed();
          return fresh;
        });
  }

  @Override
  public CompletionStage<CloseReport> closeAsync(Deadline deadline) {
    if (!closing) {
      closing = true;
      waits.forEach(wait -> wait.end(unavailable()));
      begin(
          Operation.CLOSE,
          loops.current(),
          () -> {
            if (started) {
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

  MemoryCluster cluster() {
    return cluster;
  }

  MemoryFaults faults() {
    return faults;
  }

  void forget(MemoryWait<?> wait) {
    waits.remove(wait);
  }

  @Nullable GatewayException failureOf(Operation operation) {
    GatewayException failure = faults.nextFailure(operation);
    if (failure != null) {
      return failure;
    }
    return closing || (!started && operation != Operation.START) ? unavailable() : null;
  }

  private static GatewayException unavailable() {
    return GatewayException.unavailable("memory upstream: closed (expected: open)", null);
  }

  private void run(Operation operation, Completion<Void> completion, Runnable effect) {
    call(
        operation,
        new Completion<Boolean>() {
          @Override
          public void done(Boolean value) {
            Completion.succeed(completion);
          }

          @Override
          public void failed(GatewayException failure) {
            completion.failed(failure);
          }
        },
        () -> {
          effect.run();
          return true;
        });
  }

  private <T> void call(Operation operation, Completion<T> completion, Supplier<T> effect) {
    begin(
        operation,
        loops.current(),
        () -> {
          GatewayException failure = failureOf(operation);
          T value = null;
          if (failure == null) {
            try {
              value = effect.get();
            } catch (GatewayException e) {
              failure = e;
            }
          }
          if (failure != null) {
            completion.failed(failure);
          } else {
            completion.done(Objects.requireNonNull(value));
          }
        });
  }

  private void begin(Operation operation, Loop loop, Runnable effect) {
    faults.count(operation);
    Duration delay = faults.delayOf(operation);
    Runnable later =
        () -> {
          if (delay.isZero()) {
            loop.execute(effect);
          } else {
            loop.schedule(effect, delay);
          }
        };
    if (faults.holdIfAsked(operation, later)) {
      return;
    }
    if (options.immediate() && delay.isZero() && loop.inLoop()) {
      effect.run();
    } else {
      later.run();
    }
  }
}
