package dev.sluice.rocketmq.group;

import dev.sluice.rocketmq.client.Checks;
import dev.sluice.rocketmq.client.MessageQueue;
import dev.sluice.rocketmq.client.RocketMQException;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * How the members of a consumer group share the queues of a topic. Every member works out its own
 * share by itself, so that all members must have the same strategy; those here give what the
 * official client's of the same name give, so that a group may have members of both.
 *
 * <p>Called on a thread of the consumer's own, which may wait. What is thrown leaves the shares of
 * the topic as they are until the next time.
 */
@FunctionalInterface
public interface AllocationStrategy {

  /**
   * The queues of one member.
   *
   * @param group the consumer group
   * @param clientId the member
   * @param queues all queues of one topic that can be read, ascending. Topic names are those that
   *     brokers know, with the namespace
   * @param members the client ids of all members, ascending; one at least
   * @return the member's share; none for who is no member
   */
  List<MessageQueue> allocate(
      String group, String clientId, List<MessageQueue> queues, List<String> members);

  /** To each member a run of neighbouring queues, as many as to the others or one more. */
  static AllocationStrategy averagely() {
    return (group, clientId, queues, members) -> Shares.averagely(clientId, queues, members);
  }

  /** The queues dealt out one by one. */
  static AllocationStrategy averagelyByCircle() {
    return (group, clientId, queues, members) -> Shares.byCircle(clientId, queues, members);
  }

  /** By a ring of hashes, so that few queues move when members come and go; 10 points each. */
  static AllocationStrategy consistentHash() {
    return consistentHash(10);
  }

  /**
   * By a ring of hashes.
   *
   * @param points on the ring for each member, 1 to 10000; the same at all members
   * @throws RocketMQException INVALID_ARGUMENT for another number
   */
  static AllocationStrategy consistentHash(int points) {
    Checks.range("points", points, 1, 10_000);
    return (group, clientId, queues, members) -> HashRing.share(clientId, queues, members, points);
  }

  /**
   * The queues of some machine rooms, shared averagely: of those brokers whose names are {@code
   * room@name} with one of these rooms. No member gets the others.
   */
  static AllocationStrategy machineRooms(Set<String> rooms) {
    Set<String> own = Set.copyOf(rooms);
    return (group, clientId, queues, members) -> Shares.inRooms(clientId, queues, members, own);
  }

  /**
   * Exactly these queues, whoever else is there. Topics of which none is named are shared
   * averagely, the group's retry topic among them.
   */
  static AllocationStrategy configured(Collection<MessageQueue> queues) {
    Set<MessageQueue> own = Set.copyOf(queues);
    return (group, clientId, all, members) -> Shares.configured(clientId, all, members, own);
  }
}
