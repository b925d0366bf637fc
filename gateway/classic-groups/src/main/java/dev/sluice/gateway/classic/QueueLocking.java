package dev.sluice.gateway.classic;

import dev.sluice.rocketmq.remoting.Broker;
import dev.sluice.rocketmq.requests.QueueLocks;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has brokers promise that no other member consumes a queue. Belongs to its group's loop.
 *
 * <p>A broker keeps a lock for a minute after it was last asked for; it is relied on for half of
 * that.
 */
final class QueueLocking {
  private static final Logger log = LoggerFactory.getLogger(QueueLocking.class);

  private static final long RELIED_ON_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final GroupParts parts;

  QueueLocking(GroupParts parts) {
    this.parts = parts;
  }

  /**
   * Locks queues, or renews their locks. One that another member has is started again when it is
   * locked later.
   *
   * @param clientId the member
   * @param over called when all brokers have answered, or will not
   */
  void lock(String clientId, Collection<ReadQueue> queues, Runnable over) {
    Map<String, List<ReadQueue>> brokers = byBroker(queues);
    int[] left = {brokers.size()};
    if (left[0] == 0) {
      over.run();
      return;
    }
    brokers
        .values()
        .forEach(
            each ->
                lockAt(
                    each.getFirst().where().broker(),
                    clientId,
                    each,
                    () -> {
                      if (--left[0] == 0) {
                        over.run();
                      }
                    }));
  }

  private void lockAt(Broker broker, String clientId, List<ReadQueue> queues, Runnable over) {
    long asked = parts.alarms().now();
    parts
        .client()
        .consuming()
        .lock(
            broker,
            parts.group(),
            clientId,
            named(queues),
            Answer.of(
                locked -> {
                  Set<QueueLocks.Queue> all = new HashSet<>(locked);
                  queues.forEach(
                      queue -> queue.locked(all.contains(named(queue)), asked + RELIED_ON_NANOS));
                  over.run();
                },
                failure -> {
                  log.warn("{} could not be locked: {}", named(queues), failure.getMessage());
                  queues.forEach(queue -> queue.notLocked(failure));
                  over.run();
                }));
  }

  /** Gives locks up; a broker that does not hear of it forgets them within a minute. */
  void unlock(String clientId, Collection<ReadQueue> queues, Runnable over) {
    List<ReadQueue> locked = queues.stream().filter(ReadQueue::isLocked).toList();
    Map<String, List<ReadQueue>> brokers = byBroker(locked);
    int[] left = {brokers.size()};
    if (left[0] == 0) {
      over.run();
      return;
    }
    Runnable one =
        () -> {
          if (--left[0] == 0) {
            over.run();
          }
        };
    for (List<ReadQueue> each : brokers.values()) {
      parts
          .client()
          .consuming()
          .unlock(
              each.getFirst().where().broker(),
              parts.group(),
              clientId,
              named(each),
              Answer.of(done -> one.run(), failure -> one.run()));
    }
  }

  private static Map<String, List<ReadQueue>> byBroker(Collection<ReadQueue> queues) {
    Map<String, List<ReadQueue>> brokers = new LinkedHashMap<>();
    for (ReadQueue queue : queues) {
      brokers.computeIfAbsent(queue.id().broker(), name -> new ArrayList<>()).add(queue);
    }
    return brokers;
  }

  private static List<QueueLocks.Queue> named(List<ReadQueue> queues) {
    return queues.stream().map(QueueLocking::named).toList();
  }

  private static QueueLocks.Queue named(ReadQueue queue) {
    return new QueueLocks.Queue(queue.id().topic(), queue.id().broker(), queue.id().id());
  }
}
