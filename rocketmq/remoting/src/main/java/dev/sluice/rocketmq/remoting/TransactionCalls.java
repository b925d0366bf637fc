package dev.sluice.rocketmq.remoting;

import dev.sluice.rocketmq.requests.Done;
import dev.sluice.rocketmq.requests.EndTransaction;
import dev.sluice.rocketmq.requests.HalfMessage;
import dev.sluice.rocketmq.requests.TransactionCheck;
import dev.sluice.rocketmq.wire.RequestCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends transactions at the master of the broker that they name. */
final class TransactionCalls implements Transactions {
  private static final Logger log = LoggerFactory.getLogger(TransactionCalls.class);

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
          TransactionCheck check = TransactionCheck.read(request);
          if (!check.half().brokerName().isEmpty()) {
            listener.asked(from, check);
          } else {
            askNamed(from, check, listener);
          }
          return null;
        });
  }

  /** Brokers of 4.x do not name themselves: the topic's route does, by their address. */
  private void askNamed(Endpoint from, TransactionCheck check, CheckListener listener) {
    brokers.name(
        check.half().topic(),
        from,
        new Reply<>() {
          @Override
          public void done(String name) {
            listener.asked(from, check.of(name));
          }

          @Override
          public void failed(ClientException failure) {
            // It asks again.
            log.debug("A transaction that {} asks for is left: {}", from, failure.getMessage());
          }
        });
  }
}
