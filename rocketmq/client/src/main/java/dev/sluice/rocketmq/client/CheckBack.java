package dev.sluice.rocketmq.client;

import dev.sluice.rocketmq.remoting.ClientException;
import dev.sluice.rocketmq.remoting.Reply;
import dev.sluice.rocketmq.requests.Done;
import dev.sluice.rocketmq.requests.TransactionCheck;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the application look up how transactions ended that brokers ask for, and tells them. Safe for
 * all threads.
 */
final class CheckBack implements Consumer<TransactionCheck> {
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
  public void accept(TransactionCheck check) {
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
                tell(check, outcome(check));
              } finally {
                running.decrementAndGet();
              }
            });
  }

  private TransactionOutcome outcome(TransactionCheck check) {
    ReceivedMessage message =
        ReceivedMessage.of(
            check.message(),
            namespace.unwrap(check.message().topic()),
            check.half().brokerName(),
            1);
    try {
      return Objects.requireNonNull(checker.check(message), "no outcome");
    } catch (Throwable e) {
      runtime.handlers().uncaught(e);
      return TransactionOutcome.UNKNOWN;
    }
  }

  private void tell(TransactionCheck check, TransactionOutcome outcome) {
    runtime
        .remoting()
        .transactions()
        .end(
            check.half(),
            outcome.resolution(),
            true,
            runtime.options().callTimeout().toMillis(),
            new Reply<Done>() {
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
            });
  }
}
