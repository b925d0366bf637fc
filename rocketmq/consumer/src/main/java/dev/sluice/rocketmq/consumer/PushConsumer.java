package dev.sluice.rocketmq.consumer;

import dev.sluice.lifecycle.BoundedCloseable;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.rocketmq.client.MessageQueue;
import dev.sluice.rocketmq.client.RocketMQException;
import dev.sluice.rocketmq.runtime.ClientRuntimes;
import java.time.Duration;
import java.util.Set;

/**
 * A member of a classic consumer group: takes its share of the queues, pulls them, and hands the
 * messages to the application's handler. Works on 4.x and 5.x brokers, also in one group with
 * official consumers.
 *
 * <p>Each message is handed out at least once. What the handler does not consume comes again from
 * the group's retry topic, later with each attempt, and goes to its dead letter topic after as many
 * as the options say. What is consumed is stored at the brokers every five seconds and when the
 * consumer closes.
 *
 * <p>Threads: handlers run on virtual threads. All methods may be called on any thread.
 *
 * <p>Closing begins with no more messages, waits for the handlers that run (six tenths of the
 * time), stores how far the group is, and leaves the group, so that other members take over at
 * once. What was not consumed comes again, to them.
 */
public interface PushConsumer extends BoundedCloseable {

  /** A consumer that has not started. */
  static PushConsumer create(PushConsumerOptions options) {
    return new DefaultPushConsumer(options, ClientRuntimes.ofProcess());
  }

  /**
   * Joins the group and begins to consume. Does not wait for the cluster, nor fail when it is away.
   *
   * @throws RocketMQException INVALID_ARGUMENT if there is a member of the group with the same
   *     client id in this process, or one that shares the client id with other credentials
   * @throws IllegalStateException if it was started or closed before
   */
  void start();

  /** The options that it was made with. */
  PushConsumerOptions options();

  /** The queues that it consumes now, those of the retry topic included. */
  Set<MessageQueue> assignment();

  /** Pulls nothing more until {@link #resume}; what was pulled is consumed. */
  void pause();

  /** Pulls again. */
  void resume();

  /** {@link #close(Deadline)} with so much time from now on. */
  default CloseReport close(Duration time) {
    return close(Deadline.after(time));
  }
}
