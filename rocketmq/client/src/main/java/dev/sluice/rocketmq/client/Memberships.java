package dev.sluice.rocketmq.client;

import dev.sluice.rocketmq.requests.Done;
import dev.sluice.rocketmq.requests.GroupConnections;
import java.util.List;
import java.util.function.Consumer;

/**
 * The groups that this client shows to the brokers by heartbeat. Popping and sending work without;
 * transaction checks and the brokers' admin views need it.
 *
 * <p>Every master known hears of a group when it is joined and then every {@link
 * ClientOptions#heartbeatInterval()}, and soon after a connection to a broker was lost, with which
 * the broker forgets. One that cannot be reached is told later. Closing the client ends all
 * memberships, as their connections end.
 */
public interface Memberships {

  /** Shows a producer group. Joining twice is the same as once. */
  void joinProducers(String group);

  /**
   * Shows a consumer group with its subscription to a topic, beside the group's other topics;
   * replaces what was shown of this topic.
   *
   * <p>Classic members of the group leave a share of the queues to every member that they see.
   *
   * @param reply done when the masters that can be reached know, of which there must be one; the
   *     group stays joined also when it fails
   */
  void joinConsumers(String group, String topic, Filter filter, Reply<Done> reply);

  /**
   * Takes a topic out of what is shown of a consumer group, and the group with its last topic;
   * otherwise as {@link #leave}.
   */
  void leaveTopic(String group, String topic, Reply<Done> reply);

  /**
   * Takes the group, of producers or consumers or both, out of the heartbeats.
   *
   * @param reply done when the masters that can be reached know, also when there is none, and for
   *     groups that were not joined
   */
  void leave(String group, Reply<Done> reply);

  /**
   * Who the members of a consumer group are, joined by this client or not.
   *
   * @param reply one entry for each master that tells; fails when none does
   */
  void members(String group, Reply<List<GroupConnections>> reply);

  /**
   * Has the listener told, on an event loop, of consumer groups joined here in which members have
   * come or gone. One listener; the last one wins.
   */
  void onChange(Consumer<String> listener);
}
