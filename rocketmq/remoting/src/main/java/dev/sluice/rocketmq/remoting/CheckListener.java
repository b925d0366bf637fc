package dev.sluice.rocketmq.remoting;

import dev.sluice.rocketmq.requests.TransactionCheck;

/** Hears which transactions brokers ask for. */
@FunctionalInterface
public interface CheckListener {

  /**
   * A broker asks. Whoever knows ends the transaction; otherwise the broker asks again, some member
   * of the producer group, up to 15 times by default. Called on an event loop; must not block.
   *
   * @param from the broker that asks
   */
  void asked(Endpoint from, TransactionCheck check);
}
