package dev.sluice.rocketmq.consumer;

import dev.sluice.lifecycle.BoundedCloseable;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.rocketmq.client.FilterExpression;
import dev.sluice.rocketmq.client.MessageQueue;
import dev.sluice.rocketmq.client.ReceivedMessage;
import dev.sluice.rocketmq.client.RocketMQException;
import dev.sluice.rocketmq.runtime.ClientRuntimes;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Consumes at its own pace: the application asks for messages, and says how far it is. Works on 4.x
 * and 5.x brokers. Where the options name topics, it is a member of the group and shares the queues
 * with the other members, official ones among them; where they name none, it reads the queues that
 * {@link #assign} gives it, whoever else reads them. With {@link
 * PullConsumerOptions.Builder#model}, each member gets everything.
 *
 * <p>Messages are read ahead, as far as the options allow. Those of one queue come in its order.
 *
 * <p><b>Offsets.</b> Where the options leave commits to the consumer, a poll says that what the
 * polls before it gave is dealt with: what comes after that is what is stored at the brokers, every
 * five seconds, when a queue goes to another member, and when the consumer closes. So one thread at
 * a time polls, and closing does not count what the last poll gave, unless {@link #commit()} comes
 * first. What is not committed comes again. Nothing is retried or dead by itself.
 *
 * <p>Threads: all methods may be called on any thread but those of callbacks on event loops; those
 * that ask brokers wait for them, which costs no thread where it is a virtual one, and fail as
 * {@link RocketMQException}, INTERRUPTED among them; {@link #async} has the same as futures. Before
 * the start and after the close they fail as {@link IllegalStateException}. There is no thread for
 * a consumer, a topic or a queue but virtual ones.
 *
 * <p>Queues may be named with or without the namespace, as messages and {@link #assignment} do.
 */
public interface PullConsumer extends BoundedCloseable {

  /** A consumer that has not started. */
  static PullConsumer create(PullConsumerOptions options) {
    return new DefaultPullConsumer(options, ClientRuntimes.ofProcess());
  }

  /**
   * Starts, and joins the group where it subscribes to topics. Does not wait for the cluster, nor
   * fail when it is away.
   *
   * @throws RocketMQException INVALID_ARGUMENT if there is a member of the group with the same
   *     client id in this process, or one that shares the client id with other credentials
   * @throws IllegalStateException if it was started or closed before
   */
  void start();

  /** The calls that wait, as futures. */
  AsyncPullConsumer async();

  /** The options that it was made with. */
  PullConsumerOptions options();

  /** The queues that can be read of a topic now, ascending; NOT_FOUND where there is no topic. */
  List<MessageQueue> queues(String topic);

  /** The queues that it reads now. */
  Set<MessageQueue> assignment();

  /**
   * Reads these queues and no others. Those that it reads already go on where they are; the others
   * begin where the group is, or where the options say.
   *
   * @throws RocketMQException INVALID_ARGUMENT if it subscribes to topics
   */
  default void assign(Collection<MessageQueue> queues) {
    assign(queues, FilterExpression.all());
  }

  /** The same for messages that the filter lets pass. */
  void assign(Collection<MessageQueue> queues, FilterExpression filter);

  /**
   * Waits for messages.
   *
   * @param timeout for how long at most; zero looks and returns
   * @return as many as the options say at most; none when the time is over, or another thread
   *     closes the consumer
   */
  List<ReceivedMessage> poll(Duration timeout);

  /**
   * The offset of the first message of a queue that no poll has given, or of what comes next. Asks
   * brokers where nothing of it was read yet.
   *
   * @throws RocketMQException INVALID_ARGUMENT if the queue is not one that it reads
   */
  long position(MessageQueue queue);

  /**
   * Goes on with this offset; what was read ahead is forgotten.
   *
   * @throws RocketMQException INVALID_ARGUMENT if the queue is not one that it reads, or has no
   *     such offset
   */
  void seek(MessageQueue queue, long offset);

  /** Goes on with the first message that the queue has. */
  void seekToBegin(MessageQueue queue);

  /** Goes on with what comes from now on. */
  void seekToEnd(MessageQueue queue);

  /** Goes on with the first message that was stored at this time or later. */
  void seekToTime(MessageQueue queue, Instant time);

  /** The offset of the first message that a queue has, of any topic. */
  long beginOffset(MessageQueue queue);

  /** The offset that the next message of a queue will have, of any topic. */
  long endOffset(MessageQueue queue);

  /** The offset of the first message stored at this time or later in a queue, of any topic. */
  long offsetAt(MessageQueue queue, Instant time);

  /**
   * How far the group is in a queue, as the broker has it, or this consumer's file where each
   * member gets everything. 4.x brokers say 0 instead of nothing while the first message of a queue
   * is in memory.
   */
  OptionalLong committed(MessageQueue queue);

  /**
   * Commits all {@linkplain #position positions}, and waits until the brokers, or its file, have
   * them.
   */
  void commit();

  /**
   * Commits these offsets, and waits as for the others; positions stay. Where one fails the others
   * are committed.
   *
   * @param offsets of what is to come next in each queue
   */
  void commit(Map<MessageQueue, Long> offsets);

  /**
   * Gives and reads nothing of these queues until they are resumed, also where they become its own
   * later.
   */
  void pause(Collection<MessageQueue> queues);

  /** Goes on with these queues. */
  void resume(Collection<MessageQueue> queues);

  /** The queues that are paused. */
  Set<MessageQueue> paused();

  /** {@link #close(Deadline)} with so much time from now on. */
  default CloseReport close(Duration time) {
    return close(Deadline.after(time));
  }
}
