package dev.sluice.gateway.classic;

import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.rocketmq.remoting.ClientException;
import dev.sluice.rocketmq.remoting.FailureCategory;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tells those who wait for messages that no queue of theirs can be read now, and why: that is not
 * the same as that there is nothing to read. Belongs to its group's loop.
 */
final class Outages {
  private final GroupParts parts;
  private final Map<String, ReadTopic> topics;
  private final AssignedQueues queues;

  /**
   * Nothing to tell yet.
   *
   * @param topics those that the group consumes now
   */
  Outages(GroupParts parts, Map<String, ReadTopic> topics, AssignedQueues queues) {
    this.parts = parts;
    this.topics = topics;
    this.queues = queues;
  }

  /** Something could not be read: who waits for nothing else has waited long enough. */
  void tell() {
    List.copyOf(topics.values()).forEach(this::tell);
  }

  private void tell(ReadTopic topic) {
    List.copyOf(topic.waiting).forEach(receive -> tell(topic, receive));
  }

  /** Ends a receive for which nothing is tried just now. */
  void tell(ReadTopic topic, WaitingReceive receive) {
    GatewayException why = receive.isOver() ? null : of(topic, receive);
    if (why != null && isAway(topic, receive)) {
      receive.end(why);
    }
  }

  /** Why none of the topic's queues could be read that a receive asks for; null where one could. */
  @Nullable GatewayException of(ReadTopic topic, WaitingReceive receive) {
    ClientException why = null;
    for (ReadQueue queue : queues.of(topic.name)) {
      if (receive.asksFor(queue)) {
        why = queue.failure();
        if (why == null) {
          return null;
        }
      }
    }
    return told(why == null ? topic.unshared : why, topic.name);
  }

  /** What comes again is read too, where that is elsewhere. */
  private boolean isAway(ReadTopic topic, WaitingReceive receive) {
    return queues.of(topic.name).stream().filter(receive::asksFor).allMatch(ReadQueue::isAway)
        && queues.of(parts.retryTopic()).stream()
            .filter(receive::asksFor)
            .allMatch(ReadQueue::isAway);
  }

  private @Nullable GatewayException told(@Nullable ClientException why, String topic) {
    if (why == null) {
      return null;
    }
    return why.category() == FailureCategory.UNKNOWN_OUTCOME
        ? GatewayException.unavailable("the answer to a read was lost: " + why.getMessage(), why)
        : parts.view().failure(why, topic, parts.group());
  }
}
