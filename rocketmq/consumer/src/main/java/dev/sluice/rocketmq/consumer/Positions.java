package dev.sluice.rocketmq.consumer;

import dev.sluice.rocketmq.client.MessageQueue;
import dev.sluice.rocketmq.client.Namespace;
import dev.sluice.rocketmq.client.RocketMQException;
import dev.sluice.rocketmq.group.Membership;
import dev.sluice.rocketmq.remoting.FutureReply;
import dev.sluice.rocketmq.remoting.Offsets;
import dev.sluice.rocketmq.remoting.Reply;
import dev.sluice.rocketmq.remoting.TopicQueue;
import dev.sluice.rocketmq.requests.Done;
import dev.sluice.rocketmq.runtime.Calls;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Asks brokers for positions of queues and of the group, and waits for them. */
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

  OptionalLong committed(MessageQueue queue) {
    long offset =
        ask(
            queue,
            (where, reply) -> parts.remoting().offsets().committed(parts.group(), where, reply));
    return offset == Offsets.NONE ? OptionalLong.empty() : OptionalLong.of(offset);
  }

  private long ask(MessageQueue queue, BiConsumer<TopicQueue, Reply<Long>> call) {
    return Blocking.on(
        () -> {
          TopicQueue where = parts.directory().find(QueueNames.wrap(queue, namespace));
          return Calls.<Long>await(reply -> call.accept(where, reply));
        });
  }

  /**
   * Commits; the first failure is told once all are over.
   *
   * @param offsets by queues as brokers know them
   */
  void commit(Map<MessageQueue, Long> offsets) throws InterruptedException {
    Map<MessageQueue, FutureReply<Done>> calls = new HashMap<>();
    @Nullable RocketMQException failed = null;
    for (Map.Entry<MessageQueue, Long> each : offsets.entrySet()) {
      try {
        TopicQueue where = parts.directory().find(each.getKey());
        long offset = each.getValue();
        calls.put(
            each.getKey(),
            FutureReply.of(
                reply -> parts.remoting().offsets().commit(parts.group(), where, offset, reply)));
      } catch (RocketMQException e) {
        failed = first(failed, e);
      }
    }
    for (FutureReply<Done> call : calls.values()) {
      try {
        call.get();
      } catch (ExecutionException e) {
        failed = first(failed, RocketMQException.rethrown(e));
      }
    }
    if (failed != null) {
      throw failed;
    }
  }

  private static RocketMQException first(
      @Nullable RocketMQException before, RocketMQException failure) {
    if (before == null) {
      return failure;
    }
    before.addSuppressed(failure);
    return before;
  }
}
