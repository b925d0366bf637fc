package dev.sluice.rocketmq.producer;

import dev.sluice.lifecycle.BoundedCloseable;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.rocketmq.client.ClientOptions;
import dev.sluice.rocketmq.client.Message;
import dev.sluice.rocketmq.client.RocketMQException;
import dev.sluice.rocketmq.runtime.ClientRuntimes;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Sends messages. Made by {@link #create}, started once, closed once; for any number of threads.
 *
 * <p>Blocking calls may be made on any thread but those that run callbacks of an executor of the
 * kind {@code Runnable::run}; virtual threads suit them. All failures are {@link
 * RocketMQException}s, thrown or as the cause in which a future fails.
 *
 * <p><b>Retries.</b> Where the selector leaves the queue open, as the default does, a send that
 * fails is tried again, on another broker where there is one, up to {@link ClientOptions#attempts}
 * times within {@link ProducerOptions#sendTimeout}: when nothing reached the broker, when the
 * broker is busy, going away, does not know the topic or may not be written, or failed inside, and,
 * unless {@link ProducerOptions#retryUnknownOutcome} says otherwise, when it is unknown whether it
 * stored the message. So a message that was sent once may be stored twice, with the same id. A
 * message whose queue is chosen (by hash of its key, by a selector of the application) is tried
 * once.
 *
 * <p><b>Topics</b> that do not exist are created by the first send, with 4 queues, on brokers that
 * allow it; elsewhere sends fail as NOT_FOUND.
 *
 * <p><b>Order.</b> A broker stores messages that are under way at the same time in any order: who
 * wants order sends messages of one key to one queue and waits for each.
 */
public interface Producer extends BoundedCloseable {

  /** A producer that has not started. */
  static Producer create(ProducerOptions options) {
    return create(options, ClientRuntimes.ofProcess());
  }

  /** For the other modules of this library: the same on other runtimes than the process's. */
  static Producer create(ProducerOptions options, ClientRuntimes runtimes) {
    return new DefaultProducer(options, runtimes);
  }

  /**
   * Makes it ready, and has brokers told of its group. Does not wait for the cluster, and does not
   * fail when that is away.
   *
   * @throws RocketMQException INVALID_ARGUMENT if a client with the same id and name servers has
   *     other credentials or another call timeout
   * @throws IllegalStateException if it was started or closed before
   */
  void start();

  /** What it was made with. */
  ProducerOptions options();

  /** Sends a message and waits until a broker has stored it. */
  SendResult send(Message message);

  /** The same to the queue that the selector chooses. */
  SendResult send(Message message, QueueSelector selector);

  /** Sends a message; never blocks. The future completes by the send timeout. */
  CompletableFuture<SendResult> sendAsync(Message message);

  /** The same to the queue that the selector chooses. */
  CompletableFuture<SendResult> sendAsync(Message message, QueueSelector selector);

  /**
   * Sends a message that no broker answers, which says nothing of whether it is stored. Failures
   * after the call are logged and told to interceptors; nothing is tried again.
   */
  void sendOneWay(Message message);

  /** The same to the queue that the selector chooses. */
  void sendOneWay(Message message, QueueSelector selector);

  /**
   * Sends messages that a broker stores together, in their order, or refuses together.
   *
   * @param messages of one topic; none of them delayed; 4 MiB encoded at most
   * @return the results in the order of the messages
   */
  List<SendResult> sendBatch(List<Message> messages);

  /** The same to the queue that the selector chooses by the first message. */
  List<SendResult> sendBatch(List<Message> messages, QueueSelector selector);

  /** The same without waiting. */
  CompletableFuture<List<SendResult>> sendBatchAsync(List<Message> messages);

  /**
   * Begins a transaction: a broker stores the message and delivers it once that is committed. Waits
   * until it is stored.
   *
   * @param message not delayed
   * @throws RocketMQException INVALID_ARGUMENT if the producer has no checker
   */
  Transaction beginTransaction(Message message);

  /**
   * Begins a transaction, does the application's part, and tells the broker of its outcome. When
   * the broker cannot be told, it asks the checker later. A message whose status is not {@link
   * SendStatus#OK} is rolled back, and the application's part not done.
   *
   * @throws RocketMQException if the message could not be stored; INTERNAL if the application's
   *     part threw, which leaves the outcome to the checker
   */
  TransactionResult sendInTransaction(Message message, LocalTransaction local);

  /**
   * Takes a message back whose delivery time has not come; for 5.x brokers that are set to allow
   * it.
   *
   * @param handle {@link SendResult#recallHandle} of the message
   * @return the message's id
   */
  String recall(String topic, String handle);

  /** {@link #close(Deadline)} with so much time from now on. */
  default CloseReport close(Duration time) {
    return close(Deadline.after(time));
  }
}
