package dev.sluice.rocketmq.consumer;

import dev.sluice.rocketmq.client.MessageQueue;
import dev.sluice.rocketmq.client.ReceivedMessage;
import java.util.List;

/** Hands out the messages of a queue one after the other, while the broker's lock is held. */
final class OrderedQueue implements AssignedQueue {
  /** Half of what brokers keep a lock for, so that a clock that is off a little does no harm. */
  private static final long LOCK_NANOS = 30_000_000_000L;

  private static final long LOOK_NANOS = 100_000_000L;

  private final MemberParts parts;
  private final MessageQueue queue;
  private final ProcessQueue process = new ProcessQueue();
  private final QueueProgress progress;
  private final SentBack sentBack;
  private volatile long lockedAt;

  /** A queue that has just been locked. */
  OrderedQueue(MemberParts parts, MessageQueue queue, SentBack sentBack) {
    this.parts = parts;
    this.queue = queue;
    this.progress = new QueueProgress(parts.offsets(), queue, process);
    this.sentBack = sentBack;
    this.lockedAt = parts.clock().nanoTime();
  }

  @Override
  public MessageQueue queue() {
    return queue;
  }

  @Override
  public ProcessQueue process() {
    return process;
  }

  /** The lock was renewed by a request made at this time. */
  void renewed(long atNanos) {
    lockedAt = atNanos;
  }

  /** Whether the lock may be relied on. */
  boolean isLocked() {
    return parts.clock().nanoTime() - lockedAt < LOCK_NANOS;
  }

  @Override
  public void start() {
    parts.tasks().start(this::consumeAll);
  }

  @Override
  public void deliver(List<ReceivedMessage> messages) {
    // The task that consumes waits for them at the process queue.
  }

  private void consumeAll() throws InterruptedException {
    for (List<ReceivedMessage> batch = first(); !batch.isEmpty(); batch = first()) {
      if (!isLocked()) {
        process.pause(LOOK_NANOS);
        continue;
      }
      boolean onward;
      parts.permits().acquire();
      try {
        if (!process.begin(batch)) {
          continue;
        }
        try {
          onward = settle(batch, parts.handler().call(batch));
        } finally {
          process.finish();
        }
      } finally {
        parts.permits().release();
      }
      if (!onward) {
        process.pause(parts.options().orderedPause().toNanos());
      }
    }
  }

  private List<ReceivedMessage> first() throws InterruptedException {
    return process.awaitFirst(parts.options().consumeBatchSize());
  }

  /** Whether the queue goes on at once. */
  private boolean settle(List<ReceivedMessage> batch, ConsumeResult result)
      throws InterruptedException {
    return switch (result) {
      case ConsumeResult.Success() -> done(batch);
      case ConsumeResult.Retry retry -> again(batch);
      case ConsumeResult.Dead() -> dead(batch);
    };
  }

  /** Stays the first of the queue, or is dead after too many attempts. */
  private boolean again(List<ReceivedMessage> batch) throws InterruptedException {
    boolean allDead = true;
    for (ReceivedMessage message : batch) {
      if (message.attempt() > parts.maxReconsumeTimes()) {
        allDead &= dead(List.of(message));
      } else {
        allDead = false;
        process.replace(
            message,
            ReceivedMessage.of(
                message.stored(), message.topic(), queue.broker(), nextAttempt(message)));
      }
    }
    return allDead;
  }

  private static int nextAttempt(ReceivedMessage message) {
    return message.attempt() == Integer.MAX_VALUE ? Integer.MAX_VALUE : message.attempt() + 1;
  }

  /** Where no broker takes it, it is tried again. */
  private boolean dead(List<ReceivedMessage> batch) throws InterruptedException {
    boolean all = true;
    for (ReceivedMessage message : batch) {
      all &= sentBack.toBroker(queue, message, SentBack.DEAD) && done(List.of(message));
    }
    return all;
  }

  private boolean done(List<ReceivedMessage> messages) {
    progress.dealtWith(messages);
    return true;
  }

  @Override
  public void pulled(List<ReceivedMessage> messages, long next) {
    progress.pulled(messages, next);
  }

  @Override
  public void moved(long offset) {
    progress.moved(offset);
  }
}
