package dev.sluice.rocketmq.consumer;

import dev.sluice.rocketmq.client.FilterExpression;
import dev.sluice.rocketmq.client.MessageQueue;
import dev.sluice.rocketmq.client.ReceivedMessage;
import dev.sluice.rocketmq.requests.Done;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Has a pull consumer make its calls elsewhere. */
final class PullFutures implements AsyncPullConsumer {
  private final DefaultPullConsumer consumer;

  PullFutures(DefaultPullConsumer consumer) {
    this.consumer = consumer;
  }

  /**
   * Starts a call.
   *
   * @param call made by what is done at once, on the caller's thread
   */
  private <T> CompletableFuture<T> start(Function<CompletableFuture<T>, AsyncCalls.Call<T>> call) {
    CompletableFuture<T> future = new CompletableFuture<>();
    try {
      return consumer.asyncCalls().start(future, call.apply(future));
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private <T> CompletableFuture<T> ask(AsyncCalls.Call<T> call) {
    return start(future -> call);
  }

  private CompletableFuture<Void> tell(Runnable call) {
    return ask(() -> {
          call.run();
          return Done.DONE;
        })
        .thenAccept(done -> {});
  }

  @Override
  public CompletableFuture<List<MessageQueue>> queues(String topic) {
    return ask(() -> consumer.queues(topic));
  }

  @Override
  public CompletableFuture<Void> assign(Collection<MessageQueue> queues, FilterExpression filter) {
    List<MessageQueue> wanted = List.copyOf(queues);
    return tell(() -> consumer.assign(wanted, filter));
  }

  @Override
  public CompletableFuture<List<ReceivedMessage>> poll(Duration timeout) {
    return start(future -> consumer.polling(timeout, future));
  }

  @Override
  public CompletableFuture<Long> position(MessageQueue queue) {
    return ask(() -> consumer.position(queue));
  }

  @Override
  public CompletableFuture<Void> seek(MessageQueue queue, long offset) {
    return tell(() -> consumer.seek(queue, offset));
  }

  @Override
  public CompletableFuture<Void> seekToBegin(MessageQueue queue) {
    return tell(() -> consumer.seekToBegin(queue));
  }

  @Override
  public CompletableFuture<Void> seekToEnd(MessageQueue queue) {
    return tell(() -> consumer.seekToEnd(queue));
  }

  @Override
  public CompletableFuture<Void> seekToTime(MessageQueue queue, Instant time) {
    return tell(() -> consumer.seekToTime(queue, time));
  }

  @Override
  public CompletableFuture<Long> beginOffset(MessageQueue queue) {
    return ask(() -> consumer.beginOffset(queue));
  }

  @Override
  public CompletableFuture<Long> endOffset(MessageQueue queue) {
    return ask(() -> consumer.endOffset(queue));
  }

  @Override
  public CompletableFuture<Long> offsetAt(MessageQueue queue, Instant time) {
    return ask(() -> consumer.offsetAt(queue, time));
  }

  @Override
  public CompletableFuture<OptionalLong> committed(MessageQueue queue) {
    return ask(() -> consumer.committed(queue));
  }

  @Override
  public CompletableFuture<Void> commit() {
    return this.<Done>start(future -> consumer.committing()).thenAccept(done -> {});
  }

  @Override
  public CompletableFuture<Void> commit(Map<MessageQueue, Long> offsets) {
    return this.<Done>start(future -> consumer.committing(offsets)).thenAccept(done -> {});
  }
}
