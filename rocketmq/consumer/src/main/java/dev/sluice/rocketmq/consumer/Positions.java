package dev.sluice.rocketmq.consumer;

import dev.sluice.rocketmq.client.MessageQueue;
import dev.sluice.rocketmq.client.Namespace;
import dev.sluice.rocketmq.group.Membership;
import dev.sluice.rocketmq.remoting.Reply;
import dev.sluice.rocketmq.remoting.TopicQueue;
import dev.sluice.rocketmq.runtime.Calls;
import java.time.Instant;
import java.util.function.BiConsumer;

/** Asks brokers for positions in queues, and waits for them. */
final class Positions {
  private final Membership parts;
  private final Namespace namespace;

  Positions(Membership parts, Namespace namespace) {
    this.parts = parts;
    this.namespace = namespace;
  }

  long begin(MessageQueue queue) {
    return ask(queue, (where, reply) -> parts.remoting().offsets().min(where, reply));
  }

  long end(MessageQueue queue) {
    return ask(queue, (where, reply) -> parts.remoting().offsets().max(where, reply));
  }

  long at(MessageQueue queue, Instant time) {
    return ask(
        queue,
        (where, reply) -> parts.remoting().offsets().byTime(where, time.toEpochMilli(), reply));
  }

  private long ask(MessageQueue queue, BiConsumer<TopicQueue, Reply<Long>> call) {
    return Blocking.on(
        () -> {
          TopicQueue where = parts.directory().find(QueueNames.wrap(queue, namespace));
          return Calls.<Long>await(reply -> call.accept(where, reply));
        });
  }
}
