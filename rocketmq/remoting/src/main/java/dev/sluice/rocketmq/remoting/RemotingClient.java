package dev.sluice.rocketmq.remoting;

import dev.sluice.lifecycle.BoundedCloseable;
import dev.sluice.lifecycle.Clock;
import dev.sluice.lifecycle.Ledger;

/**
 * An asynchronous client of one RocketMQ cluster (one set of name servers and one of credentials).
 *
 * <p>Threads: all calls may be made on any thread. A call made on one of the client's event loops
 * is written, answered and completed on that loop; any other is given to a chosen one. Every loop
 * has one connection per address, opened when first needed and kept.
 *
 * <p>Order: calls to one address from one loop are written in the order made.
 *
 * <p>Failures: every call completes exactly once, by its timeout at the latest. When a connection
 * ends, its calls end with it: those that may have reached the broker as UNKNOWN_OUTCOME (if they
 * change something) or UNAVAILABLE (if they only read), those never written as UNAVAILABLE.
 *
 * <p>Closing refuses new calls as UNAVAILABLE, waits for those pending until the deadline, fails
 * the rest, and closes the connections. The loops stay with their owner.
 */
public interface RemotingClient extends BoundedCloseable {

  /**
   * A client that has not started.
   *
   * @param loops shared; must be started before and closed after the client
   * @param ledger where connections and pending calls are counted
   * @param clock for route ages and timeouts
   */
  static RemotingClient create(
      RemotingOptions options, EventLoops loops, Ledger ledger, Clock clock) {
    return new DefaultRemotingClient(options, loops, ledger, clock);
  }

  /**
   * Makes the client ready. Connects to nothing yet, so it does not fail when the cluster is away.
   * Blocks for files of TLS, and where an address server tells the name servers until it has
   * answered or its time is up.
   *
   * @throws IllegalStateException if started before, or closed
   * @throws IllegalArgumentException if a file of TLS cannot be used
   */
  void start();

  /** What it was made with. */
  RemotingOptions options();

  /** Where topics live. */
  Routes routes();

  /** Sends to queues. */
  Sending sending();

  /** Takes messages out of queues and acknowledges them; 5.x brokers. */
  Popping popping();

  /** Reads queues from offsets on. */
  Pulling pulling();

  /** What classic members of consumer groups ask of brokers. */
  Consuming consuming();

  /** Ends transactions, and hears of those that are open. */
  Transactions transactions();

  /** Positions of queues and groups. */
  Offsets offsets();

  /** Topics, groups and brokers. */
  Administration administration();

  /** Groups shown to the brokers. */
  Memberships memberships();

  /** Subscriptions to lite topics. */
  LiteSubscriptions lites();

  /** Commands as they are, for what the other parts do not cover. */
  Commands commands();
}
