package dev.sluice.gateway.classic;

import dev.sluice.rocketmq.client.MessageQueue;
import dev.sluice.rocketmq.group.AllocationStrategy;
import dev.sluice.rocketmq.remoting.Broker;
import dev.sluice.rocketmq.remoting.ClientException;
import dev.sluice.rocketmq.remoting.FailureCategory;
import dev.sluice.rocketmq.remoting.Route;
import dev.sluice.rocketmq.remoting.TopicQueue;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Works out the member's share of topics' queues, averagely, as official clients do unless told
 * otherwise. Belongs to its group's loop.
 */
final class Shares {
  private static final Logger log = LoggerFactory.getLogger(Shares.class);

  private static final AllocationStrategy STRATEGY = AllocationStrategy.averagely();

  private final GroupParts parts;

  /** Those of which it was said that they cannot be shared now. */
  private final Set<String> failing = new HashSet<>();

  Shares(GroupParts parts) {
    this.parts = parts;
  }

  /**
   * The queues of one topic.
   *
   * @param known whether it could be worked out
   */
  record Share(String topic, Map<MessageQueue, TopicQueue> queues, boolean known) {}

  /**
   * Finds the member's share of a topic.
   *
   * @param self the member as its heartbeats name it
   */
  void of(String topic, String self, Consumer<Share> found) {
    parts
        .client()
        .routes()
        .lookup(
            topic,
            Answer.of(
                route -> among(topic, self, route, found),
                failure -> failed(topic, failure, found)));
  }

  private void among(String topic, String self, Route route, Consumer<Share> found) {
    List<Broker> masters =
        route.brokers().stream().filter(broker -> broker.master() != null).toList();
    if (masters.isEmpty()) {
      failed(
          topic,
          ClientException.of(FailureCategory.UNAVAILABLE, "topic: " + topic + " has no master now"),
          found);
      return;
    }
    Broker any = masters.get(ThreadLocalRandom.current().nextInt(masters.size()));
    parts
        .client()
        .consuming()
        .memberIds(
            any,
            parts.group(),
            Answer.of(
                ids -> {
                  failing.remove(topic);
                  List<String> members = ids.stream().distinct().sorted().toList();
                  // A broker that has just been started has not heard of this member yet.
                  found.accept(
                      members.contains(self)
                          ? share(topic, self, route, members)
                          : new Share(topic, Map.of(), false));
                },
                failure -> failed(topic, failure, found)));
  }

  private Share share(String topic, String self, Route route, List<String> members) {
    Map<MessageQueue, TopicQueue> all = new HashMap<>();
    for (TopicQueue queue : route.readableQueues()) {
      all.put(new MessageQueue(topic, queue.broker().name(), queue.id()), queue);
    }
    Map<MessageQueue, TopicQueue> own = new HashMap<>();
    List<MessageQueue> sorted = all.keySet().stream().sorted().toList();
    for (MessageQueue queue : STRATEGY.allocate(parts.group(), self, sorted, members)) {
      own.put(queue, all.get(queue));
    }
    return new Share(topic, own, true);
  }

  /** Said once of each topic until it works again; most groups' retry topic comes a moment late. */
  private void failed(String topic, ClientException failure, Consumer<Share> found) {
    if (failing.add(topic) && failure.category() != FailureCategory.NOT_FOUND) {
      log.warn(
          "The queues of {} cannot be shared in group {} now: {}",
          topic,
          parts.group(),
          failure.getMessage());
    }
    found.accept(new Share(topic, Map.of(), false));
  }
}
