package dev.sluice.rocketmq.consumer;

import dev.sluice.rocketmq.client.MessageQueue;
import dev.sluice.rocketmq.client.ReceivedMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands out the messages of a queue side by side. */
final class ConcurrentQueue implements AssignedQueue {
  private static final Logger log = LoggerFactory.getLogger(ConcurrentQueue.class);

  /** When a message is consumed again here that no broker takes back. */
  private static final Duration AGAIN_HERE = Duration.ofSeconds(5);

  private final MemberParts parts;
  private final MessageQueue queue;
  private final ProcessQueue process = new ProcessQueue();
  private final QueueProgress progress;
  private final SentBack sentBack;
  private final ConsumeWatch watch;

  ConcurrentQueue(MemberParts parts, MessageQueue queue, SentBack sentBack, ConsumeWatch watch) {
    this.parts = parts;
    this.queue = queue;
    this.progress = new QueueProgress(parts.offsets(), queue, process);
    this.sentBack = sentBack;
    this.watch = watch;
  }

  @Override
  public MessageQueue queue() {
    return queue;
  }

  @Override
  public ProcessQueue process() {
    return process;
  }

  @Override
  public void start() {
    // Each batch is consumed by a task of its own, when it comes.
  }

  /** A task for each batch; they are bounded by the limits of what may be held. */
  @Override
  public void deliver(List<ReceivedMessage> messages) {
    int most = parts.options().consumeBatchSize();
    for (int from = 0; from < messages.size(); from += most) {
      List<ReceivedMessage> batch =
          List.copyOf(messages.subList(from, Math.min(messages.size(), from + most)));
      parts.tasks().start(() -> consume(batch));
    }
  }

  private void consume(List<ReceivedMessage> batch) throws InterruptedException {
    parts.permits().acquire();
    try {
      if (process.begin(batch)) {
        try {
          call(batch);
        } finally {
          process.finish();
        }
      }
    } finally {
      parts.permits().release();
    }
  }

  private void call(List<ReceivedMessage> batch) throws InterruptedException {
    ConsumeWatch.Watched watched = watch.begin(() -> giveUp(batch));
    ConsumeResult result = parts.handler().call(batch);
    if (watched.end()) {
      settle(batch, result);
    }
  }

  /** The handler has taken too long: what it consumes comes again, whatever it says later. */
  private void giveUp(List<ReceivedMessage> batch) {
    log.warn("Handler of {} given up after {}", batch, parts.options().consumeTimeout());
    parts.tasks().start(() -> settle(batch, ConsumeResult.retryAtLevel(3)));
  }

  private void settle(List<ReceivedMessage> batch, ConsumeResult result)
      throws InterruptedException {
    if (process.isEnded()) {
      // Another member has the queue, and the messages with it.
      return;
    }
    switch (result) {
      case ConsumeResult.Success() -> done(batch);
      case ConsumeResult.Retry(int level) -> sendBack(batch, level);
      case ConsumeResult.Dead() -> sendBack(batch, SentBack.DEAD);
    }
  }

  private void sendBack(List<ReceivedMessage> batch, int level) throws InterruptedException {
    if (parts.isBroadcasting()) {
      log.warn("Not consumed, and not to come again, as the group broadcasts: {}", batch);
      done(batch);
      return;
    }
    List<ReceivedMessage> taken = new ArrayList<>();
    for (ReceivedMessage message : batch) {
      if (sentBack.toBroker(queue, message, level)) {
        taken.add(message);
      } else {
        againHere(message);
      }
    }
    done(taken);
  }

  private void againHere(ReceivedMessage message) {
    ReceivedMessage again =
        ReceivedMessage.of(
            message.stored(), message.topic(), queue.broker(), message.attempt() + 1);
    if (process.replace(message, again)) {
      parts
          .tasks()
          .start(
              () -> {
                if (process.pause(AGAIN_HERE.toNanos())) {
                  consume(List.of(again));
                }
              });
    }
  }

  private void done(List<ReceivedMessage> messages) {
    progress.dealtWith(messages);
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
