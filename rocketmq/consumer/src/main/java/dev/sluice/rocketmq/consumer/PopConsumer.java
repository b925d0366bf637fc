package dev.sluice.rocketmq.consumer;

import dev.sluice.lifecycle.BoundedCloseable;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.rocketmq.client.RocketMQException;
import dev.sluice.rocketmq.runtime.ClientRuntimes;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Takes messages and acknowledges each for itself, for 5.x brokers. Nobody owns a queue: all
 * members of the group take from all queues, so that more of them may work than there are queues,
 * and a slow one holds nothing up. What is not acknowledged in its time comes again, to whoever
 * asks; {@link dev.sluice.rocketmq.client.ReceivedMessage#attempt} says how often it did. Nothing
 * is dead by itself: the application decides how often is enough.
 *
 * <p>Members of a group want the same of the same topics; a group is of pop consumers or of others.
 *
 * <p><b>Order.</b> With {@link PopConsumerOptions.Builder#ordered}, the messages of a queue come in
 * its order, as many at a time as a receive asks for, and no others of it until they are dealt
 * with; other queues go on. A receive whose answer is lost is made again as the same attempt, which
 * gives the same messages, so that its queues do not stand still. After a crash they do, for as
 * long as what was held of them is hidden.
 *
 * <p>Threads: all methods may be called on any thread but those of callbacks on event loops.
 * Blocking ones cost no thread on a virtual one. Before the start and after the close they fail as
 * {@link IllegalStateException}.
 *
 * <p>Closing ends calls that wait for messages, which give none, and leaves the group. What was
 * handed out and not acknowledged comes again.
 */
public interface PopConsumer extends BoundedCloseable {

  /** The most messages of one call. */
  int MAX_MESSAGES = 32;

  /** A consumer that has not started. */
  static PopConsumer create(PopConsumerOptions options) {
    return new DefaultPopConsumer(options, ClientRuntimes.ofProcess());
  }

  /**
   * Makes it ready. Does not wait for the cluster, nor fail when it is away: the first {@link
   * #receive} shows the group to brokers and finds out whether they can pop.
   *
   * @throws RocketMQException INVALID_ARGUMENT if there is a member of the group with the same
   *     client id in this process, or one that shares the client id with other credentials
   * @throws IllegalStateException if it was started or closed before
   */
  void start();

  /** The options that it was made with. */
  PopConsumerOptions options();

  /**
   * Takes messages. Waiting takes none: as soon as there are some they are asked for, wherever they
   * are.
   *
   * @param max how many at most: 1 to {@value #MAX_MESSAGES}
   * @param wait for how long at most there may be none: up to a day; zero looks and returns
   * @param invisible for how long they are hidden from others, unless acknowledged or changed: 1 s
   *     to 12 h
   * @return some of one topic and broker; none when the wait is over, or another thread closes the
   *     consumer
   * @throws RocketMQException INVALID_ARGUMENT if a broker is older than 5, naming its version;
   *     NOT_FOUND if none of the topics is there; UNAVAILABLE or TIMEOUT if no broker answers
   */
  List<Delivery> receive(int max, Duration wait, Duration invisible);

  /** The same, hidden for as long as the options say. */
  default List<Delivery> receive(int max, Duration wait) {
    return receive(max, wait, options().invisible());
  }

  /**
   * The same without waiting. Where the future is cancelled, or completed by another, what it was
   * to give comes again soon, with its attempt counted.
   *
   * @return fails as OVERLOADED where a thousand of them are under way; what hangs on it runs where
   *     callbacks of the client run
   */
  CompletableFuture<List<Delivery>> receiveAsync(int max, Duration wait, Duration invisible);

  /** The same, hidden for as long as the options say. */
  default CompletableFuture<List<Delivery>> receiveAsync(int max, Duration wait) {
    return receiveAsync(max, wait, options().invisible());
  }

  /** {@link #close(Deadline)} with so much time from now on. */
  default CloseReport close(Duration time) {
    return close(Deadline.after(time));
  }
}
