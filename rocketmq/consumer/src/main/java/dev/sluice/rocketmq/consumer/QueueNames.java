package dev.sluice.rocketmq.consumer;

import dev.sluice.rocketmq.client.MessageQueue;
import dev.sluice.rocketmq.client.Namespace;
import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;

/** Queues as the application names them and as brokers do. */
final class QueueNames {
  private QueueNames() {}

  static MessageQueue wrap(MessageQueue queue, Namespace namespace) {
    return new MessageQueue(namespace.wrap(queue.topic()), queue.broker(), queue.id());
  }

  static MessageQueue unwrap(MessageQueue queue, Namespace namespace) {
    return new MessageQueue(namespace.unwrap(queue.topic()), queue.broker(), queue.id());
  }

  static Set<MessageQueue> wrap(Collection<MessageQueue> queues, Namespace namespace) {
    return queues.stream()
        .map(queue -> wrap(queue, namespace))
        .collect(Collectors.toUnmodifiableSet());
  }

  static Set<MessageQueue> unwrap(Collection<MessageQueue> queues, Namespace namespace) {
    return queues.stream()
        .map(queue -> unwrap(queue, namespace))
        .collect(Collectors.toUnmodifiableSet());
  }

  static AssignmentChange of(AssignmentChange change, Namespace namespace) {
    return new AssignmentChange(
        namespace.unwrap(change.topic()),
        unwrap(change.all(), namespace),
        unwrap(change.mine(), namespace));
  }
}
