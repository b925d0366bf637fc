package dev.sluice.gateway.spi;

import dev.sluice.lifecycle.BoundedCloseable;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One shared client of a message system, for one endpoint, instance and set of credentials.
 *
 * <p>Every call is asynchronous, never blocks, and ends in exactly one call of its {@link
 * Completion}, on the loop on which it was made; after {@link #closeAsync} calls fail with {@link
 * ErrorCategory#UNAVAILABLE}. Bounded: beyond the configured messages or bytes in flight a call
 * fails with {@link ErrorCategory#OVERLOADED} at once. Safe for use by several threads.
 */
public interface Upstream extends BoundedCloseable {

  /**
   * Connects far enough to know what the message system can do. Called once, before anything else;
   * when it fails nothing stays open.
   */
  void start(Completion<Capabilities> completion);

  /** Whether the message system answers now; what readiness probes ask. */
  void ping(Completion<Void> completion);

  /** The queues of a topic; {@link ErrorCategory#NOT_FOUND} when it does not exist. */
  void topology(String topic, Completion<Topology> completion);

  /** The names of all topics that users made, sorted. */
  void topics(Completion<List<String>> completion);

  /**
   * Makes a topic, or leaves it as it is when it exists.
   *
   * @param queues how many queues, from 1
   * @param kind what it takes
   */
  void createTopic(
      String topic, int queues, Topology.MessageKind kind, Completion<Void> completion);

  /**
   * Stores messages of one topic, all or none, in the order given. More than one only when all are
   * {@link OutboundMessage#batchable}, have one encoding, and fit {@link
   * Capabilities#maxBatchBytes}. Messages with a sharding key are given together only when it is
   * the same queue's: see {@link #queueOf}. {@link ErrorCategory#UNKNOWN_OUTCOME} when they may
   * have been stored; every other failure means that none was.
   *
   * @param messages one or many, of one topic
   * @param timeout when to give up
   */
  Cancellable send(
      List<OutboundMessage> messages, Duration timeout, Completion<List<SendReceipt>> completion);

  /**
   * Takes back a message that is not due yet: it is not delivered. {@link
   * ErrorCategory#FAILED_PRECONDITION} about {@code DELIVERY_TIME} when it is due already, {@link
   * ErrorCategory#INVALID_ARGUMENT} for a handle that is none of the topic's, {@link
   * ErrorCategory#UNSUPPORTED} where the message system takes nothing back. What is asked for in
   * the last moment before it is due may be delivered all the same.
   *
   * @param handle of the message's {@link SendReceipt}, of this upstream or of another one to the
   *     same message system
   * @param completion gets the message's unique id
   */
  void recall(String topic, String handle, Completion<String> completion);

  /** The bytes that the message takes in a batch, an upper bound; cheap. */
  int encodedSize(OutboundMessage message);

  /**
   * The queue that messages with this sharding key go to; stable as long as the topic's queues are.
   * Null when the topic is not known yet: a send decides then.
   */
  @Nullable QueueId queueOf(String topic, String shardingKey);

  /**
   * Has the listener told which transactions the message system asks for, from the start on until
   * the upstream is closed. Called once, before {@link #start}; without a listener the message
   * system is not told that it may ask here.
   */
  void onCheck(CheckListener listener);

  /**
   * Stores a message that nobody sees until its transaction is committed. Fails as {@link #send}
   * does, and with {@link ErrorCategory#UNSUPPORTED} where {@link Capabilities#transactions} is
   * false.
   *
   * @param message without a schedule
   * @param note kept with the message and given back with each check; up to 100 characters of
   *     printable ASCII
   * @param checkAfter when the message system first asks how the transaction ended, in whole
   *     seconds; zero for its own time
   * @param timeout when to give up
   */
  void begin(
      OutboundMessage message,
      String note,
      Duration checkAfter,
      Duration timeout,
      Completion<OpenTransaction> completion);

  /**
   * Ends a transaction, however late. Asked for once: the message system does what it is told each
   * time, also where it delivers twice by that. {@link ErrorCategory#UNKNOWN_OUTCOME} when it may
   * have been ended, {@link ErrorCategory#NOT_FOUND} when its message is not stored any more; after
   * every other failure it is not ended.
   *
   * @param handle of {@link #begin} or of a check, of this upstream or of another one to the same
   *     message system
   */
  void end(String handle, Resolution resolution, Completion<Void> completion);

  /**
   * How a group is to consume. A group that comes into being with its first receive may do so by
   * this; {@link ErrorCategory#NOT_FOUND} about {@code GROUP} where it does not exist and does not
   * come into being. Not kept: each call asks the message system.
   */
  void group(String group, Completion<ConsumerGroup> completion);

  /**
   * Prepares a group's subscription: a new group begins where it is told. Idempotent; done when a
   * first receive may follow.
   */
  void subscribe(Subscription subscription, Completion<Void> completion);

  /** Ends what {@link #subscribe} began; the group's progress stays. */
  void unsubscribe(String topic, String group, Completion<Void> completion);

  /**
   * Shows that the group has a member here, with one topic beside the group's others, until {@link
   * #leave} or the upstream's close; replaces what was shown of this topic. Receiving works
   * without. Administrators see it with the message system's own tools, and other gateways by
   * {@link #members}.
   *
   * <p>Never draws messages away from members that consume without a gateway: where a member shown
   * would, the group is shown only while it has no such members.
   *
   * @param completion done when whoever asks who the members are is told of this one; the number of
   *     clients may be shown later
   */
  void join(Membership membership, Completion<Void> completion);

  /** Ends what {@link #join} began, also where that failed. */
  void leave(String topic, String group, Completion<Void> completion);

  /** Who the members of a group are now, and what those without a gateway ask of a topic. */
  void members(String topic, String group, Completion<GroupMembers> completion);

  /**
   * Has the listener told of groups joined here whose members change, as far as the message system
   * tells. Called once, before {@link #start}.
   */
  void onMembers(MembersListener listener);

  /**
   * Who answers when administrators ask the members of groups joined here, as far as the message
   * system lets them. Called once, before {@link #start}.
   */
  void onInquiry(MemberInquiries inquiries);

  /**
   * Changes what lite topics a caller is subscribed to. {@link ErrorCategory#UNSUPPORTED} where the
   * message system has no lite topics, {@link ErrorCategory#FAILED_PRECONDITION} about {@code
   * GROUP} where the group is not bound to the topic, {@link ErrorCategory#OVERLOADED} about {@code
   * LITE_SUBSCRIPTION} where there are as many subscriptions as there may be. What the message
   * system itself ends is told by {@link MemberInquiries#unsubscribed}.
   */
  void changeLite(LiteChange change, Completion<Void> completion);

  /**
   * Hands out messages: as soon as there are any, an empty list after the wait. Cancelling may
   * leave messages handed out and unseen; they come again after their invisible duration.
   *
   * <p>What the filter does not match may be passed over, on behalf of the whole group and for
   * good, from the call on until its completion. Not any more afterwards: whoever asks for
   * something else has all that is stored from then on. To get there soon there is {@link
   * Receiving#hasten}.
   */
  Receiving receive(ReceiveRequest request, Completion<List<Delivery>> completion);

  /**
   * Reads messages of one queue from an offset on, which nobody but the caller keeps: others read
   * them too, and nothing is acknowledged. Fails as {@link QueueOffsets} does about a topic or
   * queue that is not there. Cancelling loses nothing.
   */
  Cancellable pull(PullRequest request, Completion<Pulled> completion);

  /** Positions in queues, for those who pull. */
  QueueOffsets offsets();

  /**
   * Acknowledges deliveries: they do not come again.
   *
   * @param handles of one topic and group, from 1
   * @param completion gets one entry per handle, in their order
   */
  void ack(
      String topic, String group, List<String> handles, Completion<List<AckOutcome>> completion);

  /**
   * Gives a delivery up: stores its message among the group's dead letters, and then acknowledges
   * it. When it fails the message comes again, and may be among the dead letters all the same.
   *
   * @param delivery whose handle is still valid
   */
  void deadLetter(String group, Delivery delivery, Completion<Void> completion);

  /**
   * Stores the message of a delivery among the group's dead letters, for who has no more of it than
   * its handle. Leaves the delivery as it is: whoever asks acknowledges it afterwards. {@link
   * ErrorCategory#NOT_FOUND} about {@code MESSAGE} where the message is not stored any more.
   *
   * @param topic the delivery's topic
   * @param handle the delivery's, also one that was renewed since
   */
  void storeDeadLetter(String topic, String group, String handle, Completion<Void> completion);

  /**
   * The topic that holds a group's dead letters, from the first one on. They can be received like
   * others.
   */
  String deadLetterTopic(String group);

  /**
   * Sets when an unacknowledged delivery comes again, counted from now: longer to renew, shorter
   * (also zero) to hand back. The old handle is void once the new one is there.
   */
  void changeInvisible(
      String topic,
      String group,
      String handle,
      Duration invisible,
      Completion<NewHandle> completion);
}
