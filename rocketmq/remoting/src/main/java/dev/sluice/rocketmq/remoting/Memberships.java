package dev.sluice.rocketmq.remoting;

import dev.sluice.rocketmq.requests.Done;
import dev.sluice.rocketmq.requests.GroupConnections;
import dev.sluice.rocketmq.requests.Heartbeat;
import java.util.List;
import java.util.function.Consumer;

/**
 * The groups that this client shows to the brokers by heartbeat. Popping and sending work without;
 * transaction checks and the brokers' admin views need it.
 *
 * <p>Every master known hears of a group when it is joined and then every {@link
 * RemotingOptions#heartbeatInterval()}, and soon after a connection to a broker was lost, with
 * which the broker forgets. One that cannot be reached is told later. Closing the client ends all
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
   * The same for a group whose members here are shown under a name of their own, instead of the
   * client's id. What it shows of a topic never replaces what a classic member shows, by which
   * brokers filter what that member pulls.
   *
   * @param as what brokers show as the member's id. To change it, leave the group first: brokers
   *     complain of a connection whose member has another name than before
   */
  void joinConsumers(String group, String as, String topic, Filter filter, Reply<Done> reply);

  /**
   * Shows a classic member of a consumer group with all its topics; replaces what was shown of the
   * group. The member's name is the client's id, so that a client has one member of a group.
   *
   * @param reply as of {@link #joinConsumers(String, String, Filter, Reply)}
   */
  void joinClassic(Heartbeat.Consumer member, Reply<Done> reply);

  /**
   * The same under a name of its own, instead of the client's id; leave the group first to change
   * it.
   *
   * @param as the member's name, unique among the members of the group
   */
  void joinClassic(String as, Heartbeat.Consumer member, Reply<Done> reply);

  /**
   * Takes a topic out of what is shown of a consumer group, and the group with its last topic;
   * otherwise as {@link #leave}.
   */
  void leaveTopic(String group, String topic, Reply<Done> reply);

  /**
   * Takes the group, of producers or consumers or both, out of the heartbeats. Brokers are told
   * when they have answered the heartbeats under way, so that none of these brings it back.
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
   * The client ids of a consumer group's members, each once. Brokers with access control tell them
   * to whoever may consume in the group, which is not so of {@link #members}.
   *
   * @param reply of the masters that tell; fails when none does
   */
  void memberIds(String group, Reply<List<String>> reply);

  /**
   * Has the listener told, on an event loop, of consumer groups joined here in which members have
   * come or gone. One listener; the last one wins.
   */
  void onChange(Consumer<String> listener);

  /**
   * Has the listener told what administrators ask the members joined here. One listener; the last
   * one wins. Without one, brokers are told that it is not supported.
   */
  void onInquiry(InquiryListener listener);

  /**
   * Has the listener told what administrators want of the offsets of members joined here. One
   * listener; the last one wins. Without one, brokers are told that it is not supported.
   */
  void onOffsets(OffsetListener listener);
}
