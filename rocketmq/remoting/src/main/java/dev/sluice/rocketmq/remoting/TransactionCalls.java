package dev.sluice.rocketmq.remoting;

import dev.sluice.rocketmq.requests.Done;
import dev.sluice.rocketmq.requests.EndTransaction;
import dev.sluice.rocketmq.requests.HalfMessage;
import dev.sluice.rocketmq.requests.TransactionCheck;
import dev.sluice.rocketmq.wire.RequestCode;

/** Ends transactions at the master of the broker that they name. */
final class TransactionCalls implements Transactions {
  private final NamedBrokers brokers;
  private final CallRouter router;

  TransactionCalls(NamedBrokers brokers, CallRouter router) {
    this.brokers = brokers;
    this.router = router;
  }

  @Override
  public void end(
      HalfMessage half,
      EndTransaction.Resolution resolution,
      boolean fromCheck,
      long timeoutMillis,
      Reply<Done> reply) {
    EndTransaction request = new EndTransaction(half, resolution, fromCheck);
    brokers.master(
        half.topic(),
        half.brokerName(),
        Replies.then(
            reply,
            master -> {
              if (resolution == EndTransaction.Resolution.UNKNOWN) {
                router.oneWay(master, request, timeoutMillis, reply);
              } else {
                router.call(master, request, Commands.Effect.CHANGES, timeoutMillis, reply);
              }
            }));
  }

  @Override
  public void onCheck(CheckListener listener) {
    router.processor(
        RequestCode.CHECK_TRANSACTION_STATE,
        (from, request) -> {
          listener.asked(from, TransactionCheck.read(request));
          return null;
        });
  }
}
