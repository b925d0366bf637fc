package dev.sluice.rocketmq.consumer;

import dev.sluice.rocketmq.client.FilterExpression;
import dev.sluice.rocketmq.client.MessageQueue;
import dev.sluice.rocketmq.client.ReceivedMessage;
import dev.sluice.rocketmq.group.Membership;
import dev.sluice.rocketmq.group.OffsetStore;
import dev.sluice.rocketmq.group.QueueHolder;
import dev.sluice.rocketmq.group.StartFrom;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The queues of a pull consumer, and the messages that are read ahead of it. Queues are named by
 * topics as brokers know them. Safe for all threads.
 */
final class PulledQueues implements QueueHolder {
  private static final long MEBI = 1 << 20;

  private final Membership parts;
  private final PullConsumerOptions options;
  private final Consumer<AssignmentChange> listener;
  private final Signal arrivals = new Signal();
  private volatile boolean closed;

  /** Each is removed when it is given up; they are as many as the topics have queues. */
  private final Map<MessageQueue, PulledQueue> queues = new ConcurrentHashMap<>();

  /** Those with messages, each once, except those that are paused. */
  private final Queue<PulledQueue> ready = new ConcurrentLinkedQueue<>();

  /** What poll gave, until the next poll; where that commits. */
  private final Queue<PulledQueue> lent = new ConcurrentLinkedQueue<>();

  /** Removed by {@link #resume}. */
  private final Set<MessageQueue> paused = ConcurrentHashMap.newKeySet();

  PulledQueues(Membership parts, PullConsumerOptions options, Consumer<AssignmentChange> listener) {
    this.parts = parts;
    this.options = options;
    this.listener = listener;
  }

  @Override
  public void joined(Runnable rebalance) {
    // Nothing is lost in between.
  }

  @Override
  public void roundBegins() {
    // Nothing waits for it.
  }

  @Override
  public Set<MessageQueue> queues() {
    return Set.copyOf(queues.keySet());
  }

  @Override
  public boolean change(
      String topic,
      Collection<MessageQueue> all,
      Collection<MessageQueue> wanted,
      FilterExpression filter,
      Set<MessageQueue> added)
      throws InterruptedException {
    Set<MessageQueue> missing = new HashSet<>(wanted);
    List<MessageQueue> lost = new ArrayList<>();
    for (MessageQueue each : queues.keySet()) {
      if (each.topic().equals(topic) && !missing.remove(each)) {
        lost.add(each);
      }
    }
    giveUp(lost);
    for (MessageQueue queue : missing) {
      // Nothing of a new queue was there before the group.
      take(queue, filter, added.contains(queue) ? StartFrom.first() : options.startFrom());
    }
    if (!missing.isEmpty() || !lost.isEmpty()) {
      listener.accept(new AssignmentChange(topic, Set.copyOf(all), Set.copyOf(wanted)));
    }
    return true;
  }

  /** Has these be the queues, whoever else has them; those that stay go on where they are. */
  void assign(Collection<MessageQueue> wanted, FilterExpression filter)
      throws InterruptedException {
    Set<MessageQueue> missing = new HashSet<>(wanted);
    List<MessageQueue> lost = new ArrayList<>();
    queues.forEach(
        (queue, pulled) -> {
          if (!wanted.contains(queue) || !pulled.filter().equals(filter)) {
            lost.add(queue);
          } else {
            missing.remove(queue);
          }
        });
    giveUp(lost);
    for (MessageQueue queue : missing) {
      take(queue, filter, options.startFrom());
    }
  }

  private void take(MessageQueue queue, FilterExpression filter, StartFrom without) {
    if (closed) {
      return;
    }
    OffsetStore store = options.autoCommit() ? parts.offsets() : null;
    PulledQueue taken = new PulledQueue(queue, filter, store, this::arrived);
    queues.put(queue, taken);
    read(taken, parts.start(without)::find);
  }

  private void read(PulledQueue pulled, QueueReader.Start start) {
    QueueReader reader =
        new QueueReader(
            parts,
            new QueueReader.Terms(
                options.pullBatchSize(), options.pullWait(), options.pullInterval()),
            pulled,
            pulled.filter(),
            start,
            this::limits,
            () -> paused.contains(pulled.queue()));
    parts
        .tasks()
        .start(
            () -> {
              pulled.pulls().acquire();
              try {
                reader.run();
              } finally {
                pulled.pulls().release();
              }
            });
  }

  private FlowLimits limits() {
    int share = Math.max(1, options.maxMessages() / Math.max(1, queues.size()));
    return new FlowLimits(
        Math.min(options.maxMessagesPerQueue(), share),
        options.maxMegabytesPerQueue() * MEBI,
        Long.MAX_VALUE);
  }

  /** What was polled of them last, and is not committed, comes again wherever they go. */
  private void giveUp(List<MessageQueue> lost) throws InterruptedException {
    for (MessageQueue queue : lost) {
      PulledQueue ended = queues.remove(queue);
      if (ended != null) {
        ended.end();
      }
    }
    parts.offsets().persist(lost);
    lost.forEach(parts.offsets()::forget);
  }

  /** Reads a queue from another offset on; false where it is not here. */
  boolean seek(MessageQueue queue, long offset) {
    PulledQueue before = queues.get(queue);
    while (before != null) {
      PulledQueue anew = before.anew();
      if (queues.replace(queue, before, anew)) {
        before.end();
        anew.moved(offset);
        read(anew, where -> offset);
        return true;
      }
      before = queues.get(queue);
    }
    return false;
  }

  @Nullable PulledQueue get(MessageQueue queue) {
    return queues.get(queue);
  }

  /** What the application would commit now. */
  Map<MessageQueue, Long> positions() {
    Map<MessageQueue, Long> positions = new HashMap<>();
    queues.forEach(
        (queue, pulled) -> {
          long position = pulled.position();
          if (position >= 0) {
            positions.put(queue, position);
          }
        });
    return positions;
  }

  void pause(Collection<MessageQueue> which) {
    paused.addAll(which);
  }

  void resume(Collection<MessageQueue> which) {
    for (MessageQueue queue : which) {
      paused.remove(queue);
      PulledQueue pulled = queues.get(queue);
      if (pulled != null && pulled.process().size() > 0) {
        arrived(pulled);
      }
    }
  }

  Set<MessageQueue> paused() {
    return Set.copyOf(paused);
  }

  /** How many messages there are that poll has not given. */
  int readAhead() {
    return queues.values().stream().mapToInt(each -> each.process().size()).sum();
  }

  private void arrived(PulledQueue pulled) {
    if (pulled.announce()) {
      ready.add(pulled);
    }
    arrivals.changed();
  }

  /** What was polled before is dealt with. */
  void settle() {
    lent.removeIf(PulledQueue::settle);
  }

  /**
   * Waits until a poll has messages; it has none when the time is over, nobody wants them any more,
   * or the consumer closes.
   */
  void await(Poll poll, long nanos) throws InterruptedException {
    long end = System.nanoTime() + nanos;
    while (poll.isWanted()) {
      CountDownLatch next = arrivals.next();
      takeReady(poll);
      long left = end - System.nanoTime();
      if (poll.size() > 0 || closed || left <= 0) {
        return;
      }
      if (poll.isWanted()) {
        boolean unused = next.await(left, TimeUnit.NANOSECONDS);
      }
    }
  }

  /** Whether no poll waits any more. */
  boolean isClosed() {
    return closed;
  }

  /** Has polls that wait look whether they are wanted yet. */
  void wakePolls() {
    arrivals.changed();
  }

  private void takeReady(Poll poll) {
    while (poll.size() < options.maxPollMessages()) {
      PulledQueue pulled = ready.poll();
      if (pulled == null) {
        break;
      }
      pulled.unannounced();
      if (paused.contains(pulled.queue())) {
        continue;
      }
      List<ReceivedMessage> taken = pulled.take(options.maxPollMessages() - poll.size(), poll);
      if (taken.isEmpty()) {
        // It has ended, or its messages are yet to be announced.
        continue;
      }
      poll.add(pulled, taken);
      if (options.autoCommit()) {
        lent.add(pulled);
      }
      if (pulled.process().size() > 0) {
        arrived(pulled);
      }
    }
  }

  @Override
  public CompletionStage<?> ending() {
    closed = true;
    arrivals.changed();
    return CompletableFuture.completedStage(null);
  }

  @Override
  public void end() {
    queues.values().forEach(PulledQueue::end);
    queues.clear();
    ready.clear();
    lent.clear();
  }
}
