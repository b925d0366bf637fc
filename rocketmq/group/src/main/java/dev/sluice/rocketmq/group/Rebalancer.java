package dev.sluice.rocketmq.group;

import dev.sluice.rocketmq.client.FilterExpression;
import dev.sluice.rocketmq.client.MessageQueue;
import dev.sluice.rocketmq.client.RocketMQException;
import dev.sluice.rocketmq.remoting.Broker;
import dev.sluice.rocketmq.runtime.Calls;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Works out this member's share of the queues of each topic. For one thread at a time. */
final class Rebalancer implements Loop.Round {
  private static final Logger log = LoggerFactory.getLogger(Rebalancer.class);
  private static final Duration SOON = Duration.ofSeconds(1);

  private final Membership parts;
  private final QueueHolder holder;
  private final String clientId;

  /** By topic as brokers know it; fixed. */
  private final Map<String, FilterExpression> topics;

  /** Of each topic the queues that it had when it was first seen. */
  private final Map<String, Set<MessageQueue>> firstSeen = new HashMap<>();

  private final Set<String> missing = new HashSet<>();

  Rebalancer(Membership parts, QueueHolder holder) {
    this.parts = parts;
    this.holder = holder;
    this.clientId = parts.terms().client().clientId();
    this.topics = parts.terms().topics();
  }

  @Override
  public Duration run() throws InterruptedException {
    holder.roundBegins();
    boolean settled = true;
    for (Map.Entry<String, FilterExpression> topic : topics.entrySet()) {
      try {
        settled &= share(topic.getKey(), topic.getValue());
      } catch (RuntimeException e) {
        settled = false;
        failed(topic.getKey(), e);
      }
    }
    return settled ? parts.terms().rebalanceInterval() : SOON;
  }

  /** Said once of each topic until it works again. */
  private void failed(String topic, RuntimeException failure) {
    boolean absent =
        failure instanceof RocketMQException e
            && e.category() == RocketMQException.Category.NOT_FOUND;
    if (absent) {
      // Whatever it has when it comes was sent after this member began to wait for it.
      firstSeen.putIfAbsent(topic, Set.of());
    }
    if (missing.add(topic)) {
      if (!absent || !topic.equals(parts.terms().retryTopic())) {
        log.warn(
            "The queues of {} cannot be shared in group {} now", topic, parts.group(), failure);
      }
    }
  }

  private boolean share(String topic, FilterExpression filter) throws InterruptedException {
    List<MessageQueue> all = parts.directory().queues(topic);
    Set<MessageQueue> known = firstSeen.computeIfAbsent(topic, name -> new HashSet<>(all));
    Set<MessageQueue> added = new HashSet<>(all);
    added.removeAll(known);
    if (parts.terms().isBroadcasting()) {
      missing.remove(topic);
      return holder.change(topic, all, all, filter, added);
    }
    List<String> members = members(topic);
    missing.remove(topic);
    if (!members.contains(clientId)) {
      // The broker has not heard of this member yet, or not again since it was restarted.
      return false;
    }
    List<MessageQueue> mine =
        parts.terms().allocation().allocate(parts.group(), clientId, all, members);
    return holder.change(topic, all, mine, filter, added);
  }

  private List<String> members(String topic) throws InterruptedException {
    List<Broker> masters =
        parts.directory().route(topic).brokers().stream()
            .filter(broker -> broker.master() != null)
            .toList();
    if (masters.isEmpty()) {
      throw RocketMQException.of(
          RocketMQException.Category.UNAVAILABLE, "topic: " + topic + " has no master now");
    }
    Broker any = masters.get(ThreadLocalRandom.current().nextInt(masters.size()));
    List<String> ids =
        Calls.await(reply -> parts.remoting().consuming().memberIds(any, parts.group(), reply));
    return ids.stream().distinct().sorted().toList();
  }
}
