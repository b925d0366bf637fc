package dev.sluice.rocketmq.admin;

import dev.sluice.rocketmq.client.MessageQueue;
import dev.sluice.rocketmq.client.RocketMQException;
import dev.sluice.rocketmq.client.RocketMQException.Category;
import dev.sluice.rocketmq.remoting.Broker;
import dev.sluice.rocketmq.remoting.FutureReply;
import dev.sluice.rocketmq.remoting.Offsets;
import dev.sluice.rocketmq.remoting.Reply;
import dev.sluice.rocketmq.remoting.Route;
import dev.sluice.rocketmq.remoting.TopicQueue;
import dev.sluice.rocketmq.requests.Done;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;

/** What is asked about queues. */
final class QueueCalls {
  private final Requests requests;

  QueueCalls(Requests requests) {
    this.requests = requests;
  }

  private Offsets offsets() {
    return requests.remoting().offsets();
  }

  private <T> CompletableFuture<T> at(MessageQueue queue, BiConsumer<TopicQueue, Reply<T>> call) {
    String topic = requests.wrap(queue.topic());
    Route cached = requests.remoting().routes().cached(topic);
    CompletableFuture<Route> route =
        cached == null ? requests.route(topic) : CompletableFuture.completedFuture(cached);
    return route.thenCompose(
        found -> {
          Broker broker = found.broker(queue.broker());
          if (broker == null) {
            throw RocketMQException.of(
                Category.NOT_FOUND,
                "queue: " + queue + " (expected: on a broker that has the topic)");
          }
          return FutureReply.of(
              reply -> call.accept(new TopicQueue(topic, broker, queue.id()), reply));
        });
  }

  CompletableFuture<Long> minOffset(MessageQueue queue) {
    return this.<Long>at(queue, offsets()::min);
  }

  CompletableFuture<Long> maxOffset(MessageQueue queue) {
    return this.<Long>at(queue, offsets()::max);
  }

  CompletableFuture<Long> offsetAt(MessageQueue queue, Instant time) {
    return this.<Long>at(
        queue, (there, reply) -> offsets().byTime(there, time.toEpochMilli(), reply));
  }

  CompletableFuture<OptionalLong> committed(String group, MessageQueue queue) {
    return this.<Long>at(
            queue, (there, reply) -> offsets().committed(requests.wrap(group), there, reply))
        .thenApply(
            offset -> offset == Offsets.NONE ? OptionalLong.empty() : OptionalLong.of(offset));
  }

  CompletableFuture<Void> commit(String group, MessageQueue queue, long offset) {
    if (offset < 0) {
      return CompletableFuture.failedFuture(RocketMQException.invalid("offset", offset, ">= 0"));
    }
    return this.<Done>at(
            queue, (there, reply) -> offsets().commit(requests.wrap(group), there, offset, reply))
        .thenAccept(done -> {});
  }
}
