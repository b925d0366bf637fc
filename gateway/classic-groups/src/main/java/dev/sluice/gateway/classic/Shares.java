package dev.sluice.gateway.classic;

import dev.sluice.rocketmq.client.MessageQueue;
import dev.sluice.rocketmq.group.AllocationStrategy;
import dev.sluice.rocketmq.remoting.Broker;
import dev.sluice.rocketmq.remoting.ClientException;
import dev.sluice.rocketmq.remoting.FailureCategory;
import dev.sluice.rocketmq.remoting.Route;
import dev.sluice.rocketmq.remoting.TopicQueue;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
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
   * @param failure why not, where brokers or name servers were not there to tell
   */
  record Share(
      String topic,
      Map<MessageQueue, TopicQueue> queues,
      boolean known,
      @Nullable ClientException failure) {

    private static Share unknown(String topic, @Nullable ClientException why) {
      return new Share(topic, Map.of(), false, why);
    }
  }

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
    List<Broker> inTurn = new ArrayList<>(masters);
    Collections.shuffle(inTurn, ThreadLocalRandom.current());
    ask(inTurn, topic, self, route, found);
  }

  /**
   * Asks the first broker, and where it is not there, the others: any of them knows all members.
   */
  private void ask(
      List<Broker> masters, String topic, String self, Route route, Consumer<Share> found) {
    parts
        .client()
        .consuming()
        .memberIds(
            masters.getFirst(),
            parts.group(),
            Answer.of(
                ids -> {
                  failing.remove(topic);
                  List<String> members = ids.stream().distinct().sorted().toList();
                  // A broker that has just been started has not heard of this member yet.
                  found.accept(
                      members.contains(self)
                          ? share(topic, self, route, members)
                          : Share.unknown(topic, null));
                },
                failure -> {
                  if (masters.size() > 1) {
                    ask(masters.subList(1, masters.size()), topic, self, route, found);
                  } else {
                    failed(topic, failure, found);
                  }
                }));
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
    return new Share(topic, own, true, null);
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
    found.accept(Share.unknown(topic, failure));
  }
}
