package dev.sluice.gateway.classic;

import dev.sluice.gateway.spi.Filter;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.rocketmq.remoting.ClientException;
import dev.sluice.rocketmq.requests.PropertyNames;
import dev.sluice.rocketmq.requests.StoredMessage;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A group's queues here and those who wait for their messages, brought together. Belongs to the
 * group's loop.
 */
final class GroupReading implements Readers {
  private static final Logger log = LoggerFactory.getLogger(GroupReading.class);

  private static final String DEAD = "%DLQ%";

  /** The most deliveries that callers of one upstream hold; beyond it nothing more is read. */
  private static final long MOST_HELD = 500_000;

  final AssignedQueues queues;
  final HandOut handOut;
  final SendBacks sendBacks;
  final Outages outages;
  final ShareRounds rounds;
  private final GroupParts parts;
  private final Map<String, ReadTopic> topics;

  /**
   * No queues yet.
   *
   * @param topics those that the group consumes now
   * @param self the member as its heartbeats name it; empty while there is none
   */
  GroupReading(GroupParts parts, Map<String, ReadTopic> topics, Supplier<String> self) {
    this.parts = parts;
    this.topics = topics;
    this.sendBacks = new SendBacks(parts);
    this.queues = new AssignedQueues(parts, this, sendBacks, self);
    this.handOut = new HandOut(parts, queues, sendBacks);
    this.outages = new Outages(parts, topics, queues);
    this.rounds = new ShareRounds(parts, topics, queues, outages, self);
  }

  /** Reads on where somebody asks for more than there is. */
  void pump() {
    List.copyOf(queues.all()).forEach(ReadQueue::pump);
  }

  /** Whether callers hold anything of a topic. */
  boolean isOut(String topic) {
    return queues.of(topic).stream().anyMatch(ReadQueue::isOut)
        || queues.of(parts.retryTopic()).stream()
            .anyMatch(queue -> queue.allOut().stream().anyMatch(held -> held.topic.equals(topic)));
  }

  @Override
  public int demand(ReadQueue queue) {
    if (parts.held().value() >= MOST_HELD) {
      return 0;
    }
    int demand = 0;
    for (ReadTopic topic : topics.values()) {
      if (queue.isRetried() || topic.name.equals(queue.id().topic())) {
        for (WaitingReceive receive : topic.waiting) {
          demand +=
              receive.asksFor(queue) ? Math.min(receive.request.max(), QueueReading.BATCH) : 0;
        }
      }
    }
    return demand;
  }

  @Override
  public Filter filter(ReadQueue queue) {
    ReadTopic topic = topics.get(queue.id().topic());
    return topic == null ? Filter.ALL : topic.filter;
  }

  /**
   * What it was sent to. Of one that came from dead letters nothing says so but that it was among
   * some: it is for those who read dead letters, where nobody reads what it was sent to.
   */
  @Override
  public String topicOf(StoredMessage message) {
    String first = message.property(PropertyNames.RETRY_TOPIC);
    if (first != null && topics.containsKey(first)) {
      return first;
    }
    if (message.property(PropertyNames.DEAD_LETTER_TOPIC) != null) {
      for (String topic : topics.keySet()) {
        if (topic.startsWith(DEAD)) {
          return topic;
        }
      }
    }
    return first == null ? parts.retryTopic() : first;
  }

  @Override
  public boolean knows(String topic) {
    return topics.containsKey(topic);
  }

  @Override
  public void ready(ReadQueue queue) {
    if (queue.isRetried()) {
      List.copyOf(topics.values()).forEach(handOut::serve);
    } else {
      ReadTopic topic = topics.get(queue.id().topic());
      if (topic != null) {
        handOut.serve(topic);
      }
    }
  }

  @Override
  public void expired(Held held) {
    handOut.expired(held);
  }

  @Override
  public void unread(Held held) {
    handOut.giveUnread(held);
  }

  /** What no repetition helps is told to all; otherwise the broker may have moved. */
  @Override
  public void failed(ReadQueue queue, ClientException failure) {
    switch (failure.category()) {
      case INVALID_ARGUMENT, NOT_FOUND, UNAUTHENTICATED -> {
        for (ReadTopic topic : List.copyOf(topics.values())) {
          if (topic.name.equals(queue.id().topic())) {
            GatewayException told = parts.view().failure(failure, topic.name, parts.group());
            List.copyOf(topic.waiting).forEach(each -> each.end(told));
          }
        }
      }
      case OVERLOADED, UNAVAILABLE, TIMEOUT, UNKNOWN_OUTCOME, INTERNAL -> {
        outages.tell();
        parts
            .client()
            .routes()
            .refresh(
                queue.id().topic(),
                Answer.of(
                    route -> rounds.begin(),
                    none -> log.debug("No route of {} now", queue.id().topic(), none)));
      }
    }
  }

  @Override
  public void quiet(ReadQueue queue) {
    queues.quiet(queue);
  }
}
