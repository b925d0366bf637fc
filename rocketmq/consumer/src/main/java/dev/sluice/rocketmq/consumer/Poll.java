package dev.sluice.rocketmq.consumer;

import dev.sluice.rocketmq.client.ReceivedMessage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * One poll, and the messages that it took, which are its own until the application has them. One
 * thread polls; others may look how far it is.
 */
final class Poll implements AsyncCalls.Call<List<ReceivedMessage>> {
  private final PulledQueues queues;
  private final long nanos;
  private final @Nullable CompletableFuture<List<ReceivedMessage>> taker;

  /** This very list is what the application gets. */
  private final List<ReceivedMessage> messages = new ArrayList<>();

  private final Map<PulledQueue, List<ReceivedMessage>> taken = new HashMap<>();

  /**
   * A poll that has not begun.
   *
   * @param nanos for how long it waits at most
   * @param taker the future that gives what it takes; null for the thread that polls
   */
  Poll(PulledQueues queues, long nanos, @Nullable CompletableFuture<List<ReceivedMessage>> taker) {
    this.queues = queues;
    this.nanos = nanos;
    this.taker = taker;
    if (taker != null) {
      CompletableFuture<?> unused = taker.whenComplete((given, failure) -> queues.wakePolls());
    }
  }

  @Override
  public List<ReceivedMessage> call() throws InterruptedException {
    try {
      queues.await(this, nanos);
    } catch (InterruptedException e) {
      if (taker == null || !queues.isClosed()) {
        throw e;
      }
      // The consumer interrupts its own threads at its end.
    }
    return messages;
  }

  void add(PulledQueue queue, List<ReceivedMessage> more) {
    messages.addAll(more);
    taken.put(queue, more);
  }

  int size() {
    return messages.size();
  }

  /** Whether anybody waits for it. */
  boolean isWanted() {
    return taker == null || !taker.isDone();
  }

  /** Whether the application has what it took. */
  @SuppressWarnings("ReferenceEquality") // An equal list that another gave is not this one.
  boolean isGiven() {
    return taker == null
        || (taker.state() == Future.State.SUCCESS && taker.resultNow() == messages);
  }

  @Override
  public List<ReceivedMessage> whenClosed() {
    return List.of();
  }

  @Override
  public void takeBack(List<ReceivedMessage> result) {
    taken.forEach((queue, part) -> queue.takeBack(this, part));
  }
}
