package dev.sluice.eventbus.kafka;

import dev.sluice.eventbus.EventBusException;
import dev.sluice.eventbus.EventBusException.Category;
import dev.sluice.eventbus.OutboundMessage;
import dev.sluice.eventbus.Published;
import dev.sluice.lifecycle.Deadline;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** A message on its way to the broker, from the call until its future has completed. */
final class PendingPublish {
  private final String topic;
  private final OutboundMessage message;
  private final Deadline deadline;
  private final CompletableFuture<Published> result = new CompletableFuture<>();

  PendingPublish(String topic, OutboundMessage message, Deadline deadline) {
    this.topic = topic;
    this.message = message;
    this.deadline = deadline;
  }

  CompletableFuture<Published> result() {
    return result;
  }

  /** Whether nobody waits for it any more. */
  boolean isOver() {
    return result.isDone();
  }

  boolean isLate() {
    return deadline.isPast();
  }

  /**
   * Hands it to the client, which does not block.
   *
   * @return null if the client has it now, and will say what became of it; otherwise why not, which
   *     leaves it to the caller
   */
  @Nullable Throwable handOver(Producer<byte[], byte[]> producer) {
    var answer = new Answer();
    try {
      var unused = producer.send(Records.outbound(topic, message), answer);
    } catch (RuntimeException e) {
      // What the client throws was not taken; what it tells to the callback meanwhile is the same.
      return answer.refusal == null ? e : answer.refusal;
    }
    return answer.refusal;
  }

  void fail(EventBusException failure) {
    result.completeExceptionally(failure);
  }

  void failLate(String why) {
    fail(
        EventBusException.of(
            Category.TIMEOUT, "topic " + topic + ": not sent within its time: " + why));
  }

  /** Tells a refusal, which the client reports before it returns, from what became of a record. */
  private final class Answer implements Callback {
    private final Thread caller = Thread.currentThread();
    private @Nullable Throwable refusal; // of the caller's thread

    @Override
    public void onCompletion(@Nullable RecordMetadata metadata, @Nullable Exception failure) {
      if (failure == null) {
        complete(metadata);
      } else if (Thread.currentThread().equals(caller)) {
        refusal = failure;
      } else {
        fail(Failures.sent(topic, failure));
      }
    }

    private void complete(@Nullable RecordMetadata metadata) {
      if (metadata == null) {
        fail(EventBusException.of(Category.INTERNAL, "topic " + topic + ": no place was told"));
        return;
      }
      result.complete(
          new Published(
              topic,
              Records.name(new TopicPartition(topic, metadata.partition())),
              metadata.hasOffset() ? metadata.offset() : -1));
    }
  }
}
