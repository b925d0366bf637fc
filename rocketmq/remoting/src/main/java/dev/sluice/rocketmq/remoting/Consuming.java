package dev.sluice.rocketmq.remoting;

import dev.sluice.rocketmq.requests.Done;
import dev.sluice.rocketmq.requests.QueueLocks;
import dev.sluice.rocketmq.requests.SendBack;
import java.util.Collection;
import java.util.List;

/**
 * What classic members of a consumer group ask of brokers, beside pulling: who else there is, which
 * queues are theirs alone, and that a message comes again. Works on 4.x and 5.x brokers. All calls
 * time out as the options say.
 */
public interface Consuming {

  /**
   * The client ids of the group's members that one broker knows; none for a group without. Every
   * member shows itself to every master, so that one is enough to share queues by.
   */
  void memberIds(Broker broker, String group, Reply<List<String>> reply);

  /**
   * Locks queues for a member, or renews its locks, which a broker keeps for a minute.
   *
   * @param clientId the member as its heartbeats name it
   * @param queues all of them on this broker
   * @param reply those that the member holds now
   */
  void lock(
      Broker broker,
      String group,
      String clientId,
      Collection<QueueLocks.Queue> queues,
      Reply<List<QueueLocks.Queue>> reply);

  /** Gives up locks, also of queues that the member does not hold. */
  void unlock(
      Broker broker,
      String group,
      String clientId,
      Collection<QueueLocks.Queue> queues,
      Reply<Done> reply);

  /** Has the broker that stores a message bring it again later, or put it away as dead. */
  void sendBack(Broker broker, SendBack message, Reply<Done> reply);
}
