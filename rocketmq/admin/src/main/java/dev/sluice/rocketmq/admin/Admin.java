package dev.sluice.rocketmq.admin;

import dev.sluice.lifecycle.BoundedCloseable;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.rocketmq.client.ClientOptions;
import dev.sluice.rocketmq.client.MessageQueue;
import dev.sluice.rocketmq.client.ReceivedMessage;
import dev.sluice.rocketmq.client.RocketMQException;
import dev.sluice.rocketmq.runtime.ClientRuntimes;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Administers topics, consumer groups, offsets and brokers. Made by {@link #create}, started once,
 * closed once; for any number of threads. Shares connections with the producers and consumers of
 * the same client id.
 *
 * <p>The calls here wait; virtual threads suit them. {@link #async} has the same ones that do not.
 * All failures are {@link RocketMQException}s. What asks every broker fails with the first failure,
 * when all have answered; what it was to change may then be changed on some of them. Each request
 * takes {@link ClientOptions#callTimeout} at most.
 *
 * <p>Topics and groups are named without the namespace of the options.
 */
public interface Admin extends BoundedCloseable {

  /** One that has not started. */
  static Admin create(ClientOptions options) {
    return new DefaultAdmin(options, ClientRuntimes.ofProcess());
  }

  /**
   * Makes it ready. Does not wait for the cluster, and does not fail when that is away.
   *
   * @throws RocketMQException INVALID_ARGUMENT if a client with the same id and name servers has
   *     other credentials or another call timeout; UNAVAILABLE if it was started or closed before
   */
  void start();

  /** What it was made with. */
  ClientOptions options();

  /** The same calls as futures. */
  AsyncAdmin async();

  /** Creates a topic, or changes it, on every master of every cluster; as below. */
  default void createTopic(TopicSettings topic) {
    createTopic(topic, Where.everywhere());
  }

  /**
   * Creates a topic, or changes it, on some brokers; on others it stays as it is. Name servers may
   * tell of it a moment later.
   *
   * @throws RocketMQException before anything is done: NOT_FOUND where no such cluster or broker is
   *     there, INVALID_ARGUMENT for a type where one of them is of 4.x
   */
  void createTopic(TopicSettings topic, Where where);

  /** Deletes a topic on every broker and every name server; one that is not there is deleted. */
  void deleteTopic(String topic);

  /**
   * The names of all topics in the namespace, or all where there is none: those of groups and of
   * the brokers included; sorted.
   */
  List<String> topics();

  /** A topic's settings on one of its brokers (5.x). */
  TopicSettings topic(String topic);

  /** Where a topic lives. */
  TopicRoute route(String topic);

  /** What is in a topic's queues, ascending. */
  List<QueueStatus> topicStatus(String topic);

  /** Creates a consumer group, or changes it, on every master of every cluster; as below. */
  default void createGroup(GroupSettings group) {
    createGroup(group, Where.everywhere());
  }

  /**
   * Creates a consumer group, or changes it, on some brokers; on others it stays as it is. Brokers
   * that make groups on first use give it the usual settings where it is not created.
   *
   * @throws RocketMQException before anything is done: NOT_FOUND where no such cluster or broker is
   *     there, INVALID_ARGUMENT for a retry policy where one of them is of 4.x
   */
  void createGroup(GroupSettings group, Where where);

  /** Deletes a consumer group on every master, and, where that is wanted, what it has consumed. */
  void deleteGroup(String group, boolean withOffsets);

  /**
   * A group's settings on the first broker that answers. 5.x brokers that make groups on first use
   * make it by this.
   */
  GroupSettings group(String group);

  /** Who is in a group, on all brokers; nobody for one that is not there. */
  GroupMembers members(String group);

  /**
   * How far a group is with the topics that it subscribes to. Fails as NOT_FOUND where the brokers
   * know no such group.
   */
  GroupProgress progress(String group);

  /** The offset of the oldest message that a queue still has. */
  long minOffset(MessageQueue queue);

  /** The offset that the next message of a queue will get. */
  long maxOffset(MessageQueue queue);

  /**
   * The offset of the first message of a queue that was stored at or after a time. Where there is
   * none, 5.x brokers tell the maximum, and 4.x ones the offset of the last message.
   */
  long offsetAt(MessageQueue queue, Instant time);

  /** From where a group goes on in a queue; empty where it has never said. */
  OptionalLong committed(String group, MessageQueue queue);

  /**
   * Sets from where a group goes on in a queue. Its members, where there are any, go on from where
   * they are.
   */
  void commit(String group, MessageQueue queue, long offset);

  /**
   * Moves a group, forwards or back, to the first message of each queue of a topic that was stored
   * at or after a time, and has its members go on from there. Answered with the new offsets.
   */
  Map<MessageQueue, Long> resetOffsets(String group, String topic, Instant time);

  /** The message with the id that its broker gave it ({@code SendResult.offsetMessageId}). */
  ReceivedMessage message(String topic, String offsetMessageId);

  /**
   * Messages of a topic that have a key, or that are of a unique id, on all brokers, as far as
   * those index them; those stored first come first.
   */
  List<ReceivedMessage> messages(String topic, String key, int most);

  /** The brokers of all clusters, by name. */
  List<BrokerNode> brokers();

  /** What version a broker's master runs, as it names it: {@code V5_5_0}. */
  String brokerVersion(String broker);

  /** The settings of a broker's master, by name. */
  Map<String, String> brokerConfig(String broker);

  /** {@link #close(Deadline)} with so much time from now on. */
  default CloseReport close(Duration time) {
    return close(Deadline.after(time));
  }
}
