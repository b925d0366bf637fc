package dev.sluice.rocketmq.group;

import dev.sluice.rocketmq.client.MessageQueue;
import dev.sluice.rocketmq.client.RocketMQException;
import dev.sluice.rocketmq.remoting.Broker;
import dev.sluice.rocketmq.requests.Done;
import dev.sluice.rocketmq.requests.QueueLocks;
import dev.sluice.rocketmq.runtime.Calls;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks brokers that nobody else in the group consumes a queue. Safe for all threads. */
public final class HeldLocks {
  private static final Logger log = LoggerFactory.getLogger(HeldLocks.class);

  private final Membership parts;
  private final String clientId;

  /** Locks for this member. */
  public HeldLocks(Membership parts) {
    this.parts = parts;
    this.clientId = parts.terms().client().clientId();
  }

  /**
   * What brokers answered.
   *
   * @param held locked for this member now
   * @param refused locked for another one
   */
  public record Answer(Set<MessageQueue> held, Set<MessageQueue> refused) {}

  /** Locks queues, or renews their locks; those whose broker does not answer are in neither set. */
  public Answer lock(Collection<MessageQueue> queues) throws InterruptedException {
    Set<MessageQueue> held = new HashSet<>();
    Set<MessageQueue> refused = new HashSet<>();
    for (List<MessageQueue> ofBroker : byBroker(queues)) {
      try {
        Broker broker = parts.directory().broker(ofBroker.getFirst());
        List<QueueLocks.Queue> locked =
            Calls.await(
                reply ->
                    parts
                        .remoting()
                        .consuming()
                        .lock(broker, parts.group(), clientId, named(ofBroker), reply));
        Set<QueueLocks.Queue> all = new HashSet<>(locked);
        for (MessageQueue queue : ofBroker) {
          (all.contains(named(queue)) ? held : refused).add(queue);
        }
      } catch (RocketMQException e) {
        log.warn("{} could not be locked: {}", ofBroker, e.getMessage());
      }
    }
    return new Answer(held, refused);
  }

  /** Gives locks up; a broker that does not answer forgets them within a minute. */
  public void unlock(Collection<MessageQueue> queues) throws InterruptedException {
    for (List<MessageQueue> ofBroker : byBroker(queues)) {
      try {
        Broker broker = parts.directory().broker(ofBroker.getFirst());
        Calls.<Done>await(
            reply ->
                parts
                    .remoting()
                    .consuming()
                    .unlock(broker, parts.group(), clientId, named(ofBroker), reply));
      } catch (RocketMQException e) {
        log.warn("{} could not be unlocked: {}", ofBroker, e.getMessage());
      }
    }
  }

  /** A broker set may have a topic and not another, so that queues of each are asked for apart. */
  private static Collection<List<MessageQueue>> byBroker(Collection<MessageQueue> queues) {
    Map<String, List<MessageQueue>> groups =
        queues.stream()
            .collect(
                Collectors.groupingBy(
                    MessageQueue::broker, LinkedHashMap::new, Collectors.toList()));
    return groups.values();
  }

  private static List<QueueLocks.Queue> named(List<MessageQueue> queues) {
    return queues.stream().map(HeldLocks::named).toList();
  }

  private static QueueLocks.Queue named(MessageQueue queue) {
    return new QueueLocks.Queue(queue.topic(), queue.broker(), queue.id());
  }
}
