package dev.sluice.rocketmq.consumer;

import dev.sluice.rocketmq.client.FilterExpression;
import dev.sluice.rocketmq.client.MessageQueue;
import dev.sluice.rocketmq.client.ReceivedMessage;
import dev.sluice.rocketmq.client.RocketMQException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/**
 * The calls of {@link PullConsumer} that wait, which see, without waiting. Made by {@link
 * PullConsumer#async}; for any thread.
 *
 * <p>Nothing is thrown: a future fails with what the call that waits would throw, with a {@link
 * RocketMQException} that is OVERLOADED where a thousand of the consumer's calls are under way, and
 * INTERRUPTED where the consumer closes before the call is over. What hangs on futures runs where
 * callbacks of the client run, and may block.
 *
 * <p>Calls that are under way at the same time are made in any order. What a call takes from the
 * consumer's own state it takes at once: {@link #commit()} commits what polls have given by then.
 */
public interface AsyncPullConsumer {

  /** See {@link PullConsumer#queues}. */
  CompletableFuture<List<MessageQueue>> queues(String topic);

  /** See {@link PullConsumer#assign(Collection)}. */
  default CompletableFuture<Void> assign(Collection<MessageQueue> queues) {
    return assign(queues, FilterExpression.all());
  }

  /** See {@link PullConsumer#assign(Collection, FilterExpression)}. */
  CompletableFuture<Void> assign(Collection<MessageQueue> queues, FilterExpression filter);

  /**
   * See {@link PullConsumer#poll}. A poll says what it says of the polls before it when it is
   * called; those whose futures are not complete are not counted. Where the future is cancelled, or
   * completed by another, the poll ends, and what it had taken is given by a later one. The
   * consumer's close completes it with no messages.
   */
  CompletableFuture<List<ReceivedMessage>> poll(Duration timeout);

  /** See {@link PullConsumer#position}. */
  CompletableFuture<Long> position(MessageQueue queue);

  /** See {@link PullConsumer#seek}. */
  CompletableFuture<Void> seek(MessageQueue queue, long offset);

  /** See {@link PullConsumer#seekToBegin}. */
  CompletableFuture<Void> seekToBegin(MessageQueue queue);

  /** See {@link PullConsumer#seekToEnd}. */
  CompletableFuture<Void> seekToEnd(MessageQueue queue);

  /** See {@link PullConsumer#seekToTime}. */
  CompletableFuture<Void> seekToTime(MessageQueue queue, Instant time);

  /** See {@link PullConsumer#beginOffset}. */
  CompletableFuture<Long> beginOffset(MessageQueue queue);

  /** See {@link PullConsumer#endOffset}. */
  CompletableFuture<Long> endOffset(MessageQueue queue);

  /** See {@link PullConsumer#offsetAt}. */
  CompletableFuture<Long> offsetAt(MessageQueue queue, Instant time);

  /** See {@link PullConsumer#committed}. */
  CompletableFuture<OptionalLong> committed(MessageQueue queue);

  /** See {@link PullConsumer#commit()}. */
  CompletableFuture<Void> commit();

  /** See {@link PullConsumer#commit(Map)}. */
  CompletableFuture<Void> commit(Map<MessageQueue, Long> offsets);
}
