package dev.sluice.rocketmq.producer;

import dev.sluice.rocketmq.client.Message;
import dev.sluice.rocketmq.client.MessageQueue;
import dev.sluice.rocketmq.client.RocketMQException;
import dev.sluice.rocketmq.remoting.Route;
import dev.sluice.rocketmq.remoting.TopicQueue;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Has a selector choose among the queues of a route, without those that are better avoided. */
final class QueueChoice {
  private final @Nullable BrokerLatency latency;

  /**
   * A choice.
   *
   * @param latency which brokers are left out, or null if none are
   */
  QueueChoice(@Nullable BrokerLatency latency) {
    this.latency = latency;
  }

  /**
   * The queue for a message.
   *
   * @param avoid the broker that failed before, or null
   * @throws RocketMQException UNAVAILABLE if no queue can be written; INVALID_ARGUMENT if the
   *     selector chose one that cannot; INTERNAL if it threw
   */
  TopicQueue choose(Route route, Message message, QueueSelector selector, @Nullable String avoid) {
    List<MessageQueue> all = new RouteQueues(message.topic(), route);
    if (all.isEmpty()) {
      throw RocketMQException.of(
          RocketMQException.Category.UNAVAILABLE,
          "topic: " + message.topic() + " has no queue that can be written");
    }
    MessageQueue chosen;
    try {
      List<MessageQueue> offered = selector.isFree(message) ? preferred(all, avoid) : all;
      chosen = Objects.requireNonNull(selector.select(message, offered), "no queue");
    } catch (RuntimeException e) {
      throw RocketMQException.of(
          RocketMQException.Category.INTERNAL, "the queue selector threw " + e, e);
    }
    return find(route, message, chosen);
  }

  private List<MessageQueue> preferred(List<MessageQueue> all, @Nullable String avoid) {
    BrokerLatency slow = latency;
    if (avoid == null && slow == null) {
      return all;
    }
    Predicate<MessageQueue> other = queue -> !queue.broker().equals(avoid);
    Predicate<MessageQueue> fast = queue -> slow == null || !slow.isOut(queue.broker());
    for (Predicate<MessageQueue> wanted : List.of(other.and(fast), other, fast)) {
      List<MessageQueue> some = all.stream().filter(wanted).toList();
      if (!some.isEmpty()) {
        return some;
      }
    }
    return all;
  }

  private static TopicQueue find(Route route, Message message, MessageQueue chosen) {
    if (chosen.topic().equals(message.topic())) {
      for (int i = 0; i < route.writableCount(); i++) {
        TopicQueue queue = route.writable(i);
        if (queue.id() == chosen.id() && queue.broker().name().equals(chosen.broker())) {
          return queue;
        }
      }
    }
    throw RocketMQException.invalid(
        "queue", chosen, "one of the " + route.writableCount() + " of topic " + message.topic());
  }
}
