package dev.sluice.eventbus.rocketmq;

import dev.sluice.eventbus.transport.Intake;
import dev.sluice.eventbus.transport.PartitionStatus;
import dev.sluice.rocketmq.client.FilterExpression;
import dev.sluice.rocketmq.client.MessageQueue;
import dev.sluice.rocketmq.group.HeldLocks;
import dev.sluice.rocketmq.group.Membership;
import dev.sluice.rocketmq.group.QueueHolder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The queues that this member has, locked at their brokers so that no other member has them at the
 * same time, and the flows that they are read into. Queues are taken and given up by the one thread
 * that works out shares; the rest is safe for all threads.
 */
final class QueueFlows implements QueueHolder {
  private final Membership membership;
  private final FeedTerms terms;
  private final HeldLocks locks;
  private final Reachability reachability;
  private volatile Runnable rebalance = () -> {};
  private volatile boolean closed;

  /** Each is removed when it is given up; they are as many as the topics have queues. */
  private final Map<MessageQueue, AssignedQueue> queues = new ConcurrentHashMap<>();

  /** By topic as brokers know it; each is removed when it is detached. */
  private final Map<String, Intake> attached = new ConcurrentHashMap<>();

  /** Where the group is to go on, until the next round. Only of queues that are here. */
  private final Map<MessageQueue, Long> moves = new ConcurrentHashMap<>();

  QueueFlows(Membership membership, Duration pollWait, Reachability reachability) {
    this.membership = membership;
    this.reachability = reachability;
    this.terms = new FeedTerms(membership, pollWait, reachability, this::move);
    this.locks = new HeldLocks(membership);
  }

  @Override
  public void joined(Runnable wake) {
    rebalance = wake;
  }

  @Override
  public Set<MessageQueue> queues() {
    return Set.copyOf(queues.keySet());
  }

  /** Reads the topic's queues, those that it has now and those that it gets. */
  void attach(String topic, Intake intake) {
    attached.put(topic, intake);
    ofTopic(topic).forEach(queue -> queue.feed(intake));
  }

  /** Reads no more of the topic's queues; their flows stay. */
  void quiesce(String topic) {
    ofTopic(topic).forEach(AssignedQueue::quiesce);
  }

  /** Ends the topic's flows, and holds its queues, which are returned. */
  List<MessageQueue> detach(String topic) {
    attached.remove(topic);
    List<AssignedQueue> held = ofTopic(topic);
    held.forEach(AssignedQueue::hold);
    return held.stream().map(AssignedQueue::queue).toList();
  }

  private List<AssignedQueue> ofTopic(String topic) {
    return queues.values().stream().filter(each -> each.queue().topic().equals(topic)).toList();
  }

  /** Notes how far all flows are. */
  void note() {
    queues.values().forEach(AssignedQueue::note);
  }

  /** Asks where the queues end that are held. */
  void lookAtEnds() throws InterruptedException {
    for (AssignedQueue each : queues.values()) {
      each.lookAtEnd();
    }
  }

  List<PartitionStatus> partitions() {
    return queues.values().stream()
        .map(each -> each.status(membership.terms().namespace().unwrap(each.queue().topic())))
        .toList();
  }

  /** Has the group go on from there in a queue that is here, soon. Any thread. */
  void move(MessageQueue queue, long offset) {
    if (queues.containsKey(queue)) {
      moves.put(queue, offset);
      rebalance.run();
    }
  }

  @Override
  public void roundBegins() throws InterruptedException {
    List<MessageQueue> moved = new ArrayList<>();
    for (MessageQueue queue : List.copyOf(moves.keySet())) {
      Long offset = moves.remove(queue);
      AssignedQueue here = queues.get(queue);
      if (offset != null && here != null) {
        here.giveUp();
        membership.offsets().reset(queue, offset);
        moved.add(queue);
      }
    }
    if (!moved.isEmpty()) {
      membership.offsets().persist(moved);
      moved.forEach(this::take);
    }
  }

  @Override
  public boolean change(
      String topic,
      Collection<MessageQueue> all,
      Collection<MessageQueue> wanted,
      FilterExpression filter,
      Set<MessageQueue> added)
      throws InterruptedException {
    reachability.reached();
    Set<MessageQueue> missing = new HashSet<>(wanted);
    List<MessageQueue> lost = new ArrayList<>();
    for (AssignedQueue each : ofTopic(topic)) {
      if (!missing.remove(each.queue())) {
        lost.add(each.queue());
      }
    }
    giveUp(lost);
    if (missing.isEmpty()) {
      return true;
    }
    // Another member may yet have to give them up.
    Set<MessageQueue> locked = locks.lock(missing).held();
    if (closed) {
      return true;
    }
    if (!locked.isEmpty()) {
      // Before they are seen, so that who has seen them has seen that, too.
      reachability.rebalanced();
    }
    locked.forEach(this::take);
    return locked.size() == missing.size();
  }

  private void take(MessageQueue queue) {
    AssignedQueue taken = new AssignedQueue(terms, queue);
    queues.put(queue, taken);
    Intake intake = attached.get(queue.topic());
    if (intake != null) {
      taken.feed(intake);
    }
  }

  /** Never waits for handlers: what they say of a flow that has ended is discarded. */
  private void giveUp(List<MessageQueue> lost) throws InterruptedException {
    if (lost.isEmpty()) {
      return;
    }
    for (MessageQueue queue : lost) {
      AssignedQueue ended = queues.remove(queue);
      if (ended != null) {
        ended.giveUp();
      }
    }
    membership.offsets().persist(lost);
    lost.forEach(membership.offsets()::forget);
    locks.unlock(lost);
    reachability.rebalanced();
  }

  /** Counts all locks as not renewed for a minute, for tests that cannot wait as long. */
  void distrustLocks() {
    queues.values().forEach(AssignedQueue::distrust);
  }

  /** Renews locks. A queue that another member has, or may have had meanwhile, is lost at once. */
  void renewLocks() throws InterruptedException {
    Set<MessageQueue> all = queues();
    if (all.isEmpty()) {
      return;
    }
    long now = System.nanoTime();
    HeldLocks.Answer answer = locks.lock(all);
    List<MessageQueue> doubtful = new ArrayList<>();
    boolean lost = false;
    for (MessageQueue queue : answer.held()) {
      AssignedQueue held = queues.get(queue);
      if (held != null && held.isLocked()) {
        held.renewed(now);
      } else {
        lost |= lose(queue);
        doubtful.add(queue);
      }
    }
    for (MessageQueue queue : answer.refused()) {
      lost |= lose(queue);
    }
    // Whoever is to have them now locks them anew.
    locks.unlock(doubtful);
    if (lost) {
      reachability.rebalanced();
      rebalance.run();
    }
  }

  /** What it resolved is not committed: another one may be farther, or the group elsewhere. */
  private boolean lose(MessageQueue queue) {
    AssignedQueue lost = queues.remove(queue);
    if (lost == null) {
      return false;
    }
    lost.giveUp();
    membership.offsets().forget(queue);
    return true;
  }

  @Override
  public CompletionStage<?> ending() {
    closed = true;
    // Noted, and ended: what is committed after this is where the group goes on.
    queues.values().forEach(AssignedQueue::giveUp);
    return CompletableFuture.completedStage(null);
  }

  @Override
  public void end() throws InterruptedException {
    locks.unlock(queues());
    queues.clear();
    attached.clear();
  }
}
