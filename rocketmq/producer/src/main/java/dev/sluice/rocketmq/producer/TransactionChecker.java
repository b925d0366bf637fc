package dev.sluice.rocketmq.producer;

import dev.sluice.rocketmq.client.ReceivedMessage;

/** Tells brokers how transactions ended that nobody has ended, e.g. as their process died. */
@FunctionalInterface
public interface TransactionChecker {

  /**
   * Looks up how the transaction of a message ended, which may be one that another process of the
   * producer group has begun. Runs on a virtual thread and may block; checks of several
   * transactions run side by side. What it throws counts as {@link TransactionOutcome#UNKNOWN}.
   */
  TransactionOutcome check(ReceivedMessage message) throws Exception;
}
