package dev.sluice.rocketmq.producer;

import dev.sluice.rocketmq.client.Namespace;
import dev.sluice.rocketmq.client.ReceivedMessage;
import dev.sluice.rocketmq.remoting.CheckListener;
import dev.sluice.rocketmq.remoting.ClientException;
import dev.sluice.rocketmq.remoting.Commands;
import dev.sluice.rocketmq.remoting.Endpoint;
import dev.sluice.rocketmq.remoting.Reply;
import dev.sluice.rocketmq.requests.Done;
import dev.sluice.rocketmq.requests.EndTransaction;
import dev.sluice.rocketmq.requests.TransactionCheck;
import dev.sluice.rocketmq.runtime.ClientRuntime;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the application look up how transactions ended that brokers ask for, and tells them. Safe for
 * all threads.
 */
final class CheckBack implements CheckListener {
  private static final Logger log = LoggerFactory.getLogger(CheckBack.class);

  /** How many checks may run; the broker asks again for what is dropped beyond. */
  private static final int MAX_RUNNING = 2_000;

  private final TransactionChecker checker;
  private final ClientRuntime runtime;
  private final Namespace namespace;
  private final AtomicInteger running = new AtomicInteger();

  CheckBack(TransactionChecker checker, ClientRuntime runtime, Namespace namespace) {
    this.checker = checker;
    this.runtime = runtime;
    this.namespace = namespace;
  }

  @Override
  public void asked(Endpoint from, TransactionCheck check) {
    if (running.incrementAndGet() > MAX_RUNNING) {
      running.decrementAndGet();
      log.warn("More than {} transaction checks at once; the broker asks again", MAX_RUNNING);
      return;
    }
    runtime
        .handlers()
        .run(
            () -> {
              try {
                tell(from, check, outcome(from, check));
              } finally {
                running.decrementAndGet();
              }
            });
  }

  private TransactionOutcome outcome(Endpoint from, TransactionCheck check) {
    String broker = check.half().brokerName();
    ReceivedMessage message =
        ReceivedMessage.of(
            check.message(),
            namespace.unwrap(check.message().topic()),
            broker.isEmpty() ? from.toString() : broker,
            1);
    try {
      return Objects.requireNonNull(checker.check(message), "no outcome");
    } catch (Throwable e) {
      runtime.handlers().uncaught(e);
      return TransactionOutcome.UNKNOWN;
    }
  }

  /** Tells the broker that asked, whatever the routes say of it. */
  private void tell(Endpoint from, TransactionCheck check, TransactionOutcome outcome) {
    EndTransaction end = new EndTransaction(check.half(), outcome.resolution(), true);
    long timeoutMillis = runtime.options().callTimeout().toMillis();
    Reply<Done> told = told(check, outcome);
    Commands commands = runtime.remoting().commands();
    if (outcome == TransactionOutcome.UNKNOWN) {
      commands.oneWay(from, end, timeoutMillis, told);
    } else {
      commands.call(from, end, Commands.Effect.CHANGES, timeoutMillis, told);
    }
  }

  private static Reply<Done> told(TransactionCheck check, TransactionOutcome outcome) {
    return new Reply<Done>() {
      @Override
      public void done(Done value) {}

      @Override
      public void failed(ClientException failure) {
        log.warn(
            "The broker was not told that transaction {} is {}; it asks again: {}",
            check.half().messageId(),
            outcome,
            failure.getMessage());
      }
    };
  }
}
