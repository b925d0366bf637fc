package dev.sluice.rocketmq.consumer;

import dev.sluice.rocketmq.client.FilterExpression;
import dev.sluice.rocketmq.client.MessageQueue;
import dev.sluice.rocketmq.group.HeldLocks;
import dev.sluice.rocketmq.group.QueueHolder;
import dev.sluice.rocketmq.group.StartFrom;
import dev.sluice.rocketmq.runtime.Calls;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The queues that this member has. They are taken and given up by the one thread that works out
 * shares; the rest is safe for all threads.
 */
final class Assignments implements QueueHolder {
  private final MemberParts parts;
  private final ConsumeWatch watch;
  private final SentBack sentBack;
  private final @Nullable HeldLocks locks;
  private final BooleanSupplier paused;
  private volatile Runnable whenFree = () -> {};
  private volatile boolean closed;

  /** Each is removed when it is given up; they are as many as the topics have queues. */
  private final Map<MessageQueue, AssignedQueue> queues = new ConcurrentHashMap<>();

  /** Where the group is to go on, until the next round. Only of queues that are here. */
  private final Map<MessageQueue, Long> moves = new ConcurrentHashMap<>();

  /**
   * None yet.
   *
   * @param locks for a member that consumes in order, else null
   */
  Assignments(
      MemberParts parts, ConsumeWatch watch, @Nullable HeldLocks locks, BooleanSupplier paused) {
    this.parts = parts;
    this.watch = watch;
    this.locks = locks;
    this.paused = paused;
    this.sentBack =
        new SentBack(
            parts.remoting(),
            parts.directory(),
            parts.namespace(),
            parts.group(),
            parts.maxReconsumeTimes());
  }

  /** A queue that is free here is soon asked for again. */
  @Override
  public void joined(Runnable rebalance) {
    whenFree = rebalance;
  }

  Collection<AssignedQueue> held() {
    return List.copyOf(queues.values());
  }

  @Override
  public Set<MessageQueue> queues() {
    return Set.copyOf(queues.keySet());
  }

  int count(String topic) {
    return (int) queues.keySet().stream().filter(queue -> queue.topic().equals(topic)).count();
  }

  /** Has the member go on from these offsets in those of the queues that it has, soon. */
  void move(Map<MessageQueue, Long> offsets) {
    offsets.forEach(
        (queue, offset) -> {
          if (queues.containsKey(queue)) {
            moves.put(queue, offset);
          }
        });
    whenFree.run();
  }

  /**
   * Drops what is held of queues in which the group is to go on from elsewhere; they are taken
   * again, from there.
   */
  @Override
  public void roundBegins() throws InterruptedException {
    List<AssignedQueue> moved = new ArrayList<>();
    for (MessageQueue queue : List.copyOf(moves.keySet())) {
      Long offset = moves.remove(queue);
      AssignedQueue here = queues.get(queue);
      if (offset != null && here != null && here.process().isActive()) {
        here.process().end();
        parts.offsets().reset(queue, offset);
        moved.add(here);
      }
    }
    for (AssignedQueue each : moved) {
      if (locks == null) {
        queues.remove(each.queue(), each);
      } else {
        freeWhenQuiet(each);
      }
    }
    parts.offsets().persist(moved.stream().map(AssignedQueue::queue).toList());
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
    boolean settled = true;
    for (AssignedQueue each : queues.values()) {
      if (!each.queue().topic().equals(topic)) {
        continue;
      }
      boolean ending = !each.process().isActive();
      if (missing.remove(each.queue())) {
        settled &= !ending;
      } else if (!ending) {
        giveUp(each);
      }
    }
    if (missing.isEmpty()) {
      return settled;
    }
    Set<MessageQueue> free = locks == null ? missing : locks.lock(missing).held();
    if (closed) {
      return true;
    }
    for (MessageQueue queue : free) {
      take(queue, filter, added.contains(queue));
    }
    return settled && free.size() == missing.size();
  }

  private void take(MessageQueue queue, FilterExpression filter, boolean fresh) {
    AssignedQueue assigned =
        locks == null
            ? new ConcurrentQueue(parts, queue, sentBack, watch)
            : new OrderedQueue(parts, queue, sentBack);
    queues.put(queue, assigned);
    // Nothing of a new queue or of the retry topic was there before the group.
    boolean fromFirst = fresh || queue.topic().equals(parts.retryTopic());
    StartFrom without = fromFirst ? StartFrom.first() : parts.options().startFrom();
    QueueReader reader =
        new QueueReader(
            parts.membership(),
            new QueueReader.Terms(
                parts.options().pullBatchSize(),
                parts.options().pullWait(),
                parts.options().pullInterval()),
            assigned,
            filter,
            parts.membership().start(without)::find,
            () -> parts.limits(count(queue.topic())),
            paused);
    assigned.start();
    parts.tasks().start(reader);
  }

  /** Another member has it, or is to have it. */
  private void giveUp(AssignedQueue assigned) throws InterruptedException {
    MessageQueue queue = assigned.queue();
    if (locks == null) {
      assigned.process().end();
      parts.offsets().persist(List.of(queue));
      parts.offsets().forget(queue);
      queues.remove(queue, assigned);
      return;
    }
    CompletableFuture<?> quiet = assigned.process().ending();
    parts.tasks().start(() -> release(assigned, quiet, locks));
  }

  /** Nobody else has the queue before its handler has ended. */
  private void release(AssignedQueue assigned, CompletableFuture<?> quiet, HeldLocks held)
      throws InterruptedException {
    MessageQueue queue = assigned.queue();
    Calls.join(quiet);
    parts.offsets().persist(List.of(queue));
    parts.offsets().forget(queue);
    assigned.process().end();
    held.unlock(List.of(queue));
    queues.remove(queue, assigned);
  }

  /** Renews locks. A queue that another member has locked meanwhile is lost at once. */
  void renewLocks() throws InterruptedException {
    Set<MessageQueue> all = queues();
    if (locks == null || all.isEmpty()) {
      return;
    }
    long now = parts.clock().nanoTime();
    HeldLocks.Answer answer = locks.lock(all);
    for (MessageQueue queue : answer.held()) {
      if (queues.get(queue) instanceof OrderedQueue held) {
        if (held.isLocked()) {
          held.renewed(now);
        } else {
          lose(held);
        }
      }
    }
    for (MessageQueue queue : answer.refused()) {
      AssignedQueue lost = queues.get(queue);
      if (lost != null) {
        lose(lost);
      }
    }
  }

  /** It is taken again, from where the group is then, once its handler here has ended. */
  private void lose(AssignedQueue lost) {
    if (!lost.process().isActive()) {
      return;
    }
    lost.process().end();
    freeWhenQuiet(lost);
  }

  private void freeWhenQuiet(AssignedQueue ended) {
    CompletableFuture<?> quiet = ended.process().ending();
    parts
        .tasks()
        .start(
            () -> {
              Calls.join(quiet);
              queues.remove(ended.queue(), ended);
              whenFree.run();
            });
  }

  @Override
  public CompletionStage<?> ending() {
    closed = true;
    List<CompletableFuture<?>> all = new ArrayList<>();
    for (AssignedQueue each : queues.values()) {
      all.add(each.process().ending());
    }
    return CompletableFuture.allOf(all.toArray(CompletableFuture<?>[]::new));
  }

  @Override
  public void end() throws InterruptedException {
    queues.values().forEach(each -> each.process().end());
    if (locks != null) {
      locks.unlock(queues());
    }
    queues.clear();
  }
}
