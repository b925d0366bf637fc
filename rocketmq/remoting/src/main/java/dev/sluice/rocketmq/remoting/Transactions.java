package dev.sluice.rocketmq.remoting;

import dev.sluice.rocketmq.requests.Done;
import dev.sluice.rocketmq.requests.EndTransaction;
import dev.sluice.rocketmq.requests.HalfMessage;

/**
 * Ends transactions, and hears of those that nobody has ended. They are begun by sending a message
 * with the properties {@code TRAN_MSG} and {@code PGROUP} through {@link Sending}.
 */
public interface Transactions {

  /**
   * Ends a transaction at the broker that stores its half message. Never repeated by the client: a
   * broker that is told twice to commit delivers twice, and an {@link
   * FailureCategory#UNKNOWN_OUTCOME} is the caller's to judge.
   *
   * @param resolution for UNKNOWN no answer comes, and the call is done when it is written
   * @param fromCheck see {@link EndTransaction}
   */
  void end(
      HalfMessage half,
      EndTransaction.Resolution resolution,
      boolean fromCheck,
      long timeoutMillis,
      Reply<Done> reply);

  /**
   * Has the listener told of transactions that brokers ask for. They ask one member at a time of
   * the producer group, so that it must have been {@linkplain Memberships#joinProducers joined}.
   * One listener; the last one wins.
   */
  void onCheck(CheckListener listener);
}
