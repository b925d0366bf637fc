package dev.sluice.rocketmq.producer;

import dev.sluice.lifecycle.BoundedCloseable;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.rocketmq.client.Message;
import dev.sluice.rocketmq.client.RocketMQException;
import dev.sluice.rocketmq.client.RocketMQException.Category;
import dev.sluice.rocketmq.runtime.ClientRuntimes;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The life of a producer, and its calls that wait. */
final class DefaultProducer implements Producer {
  private static final Logger log = LoggerFactory.getLogger(DefaultProducer.class);

  /** What closes a producer that was never started. */
  private static final BoundedCloseable NOTHING =
      deadline -> CompletableFuture.completedStage(CloseReport.clean("producer"));

  private final ProducerOptions options;
  private final ClientRuntimes runtimes;
  private volatile State state = new State.New();

  /** What a producer is. */
  private sealed interface State {
    /** Made, and has nothing. */
    record New() implements State {}

    /**
     * On its way to have something.
     *
     * @param opened completes with what closes that, when the start has ended in either way
     */
    record Starting(CompletableFuture<BoundedCloseable> opened) implements State {
      CompletionStage<CloseReport> close(Deadline deadline) {
        return opened.thenCompose(closing -> closing.closeAsync(deadline));
      }
    }

    /** Started. */
    record Running(ActiveProducer active, BoundedCloseable closing) implements State {}

    /** Closing or closed. */
    record Closed(BoundedCloseable closing) implements State {}
  }

  DefaultProducer(ProducerOptions options, ClientRuntimes runtimes) {
    this.options = options;
    this.runtimes = runtimes;
  }

  @Override
  public void start() {
    State.Starting starting = toStarting();
    BoundedCloseable closing = NOTHING;
    try {
      ActiveProducer active = ActiveProducer.open(options, runtimes);
      String owner = options.client().clientId() + ' ' + options.group();
      closing = active.closing(active.runtime().ledger().track("producer", owner, this));
      if (!leave(starting, new State.Running(active, closing))) {
        throw RocketMQException.of(Category.UNAVAILABLE, "producer: closed during its start");
      }
    } catch (RuntimeException e) {
      leave(starting, new State.New());
      throw e;
    } finally {
      starting.opened.complete(closing);
    }
  }

  private synchronized State.Starting toStarting() {
    if (!(state instanceof State.New)) {
      throw new IllegalStateException(
          "producer: "
              + (state instanceof State.Closed ? "closed" : "started")
              + " before (expected: started once)");
    }
    State.Starting starting = new State.Starting(new CompletableFuture<>());
    state = starting;
    return starting;
  }

  /** Goes on to another state; false where it was closed meanwhile. */
  private synchronized boolean leave(State.Starting starting, State next) {
    boolean mine = state.equals(starting);
    if (mine) {
      state = next;
    }
    return mine;
  }

  private ActiveProducer active() {
    if (state instanceof State.Running running) {
      return running.active;
    }
    throw InFlight.closed();
  }

  @Override
  public ProducerOptions options() {
    return options;
  }

  @Override
  public SendResult send(Message message) {
    return send(message, options.selector());
  }

  @Override
  public SendResult send(Message message, QueueSelector selector) {
    ActiveProducer active = active();
    return active.await(active.send(SendCall.Kind.SINGLE, message, selector, Runnable::run));
  }

  @Override
  public CompletableFuture<SendResult> sendAsync(Message message) {
    return sendAsync(message, options.selector());
  }

  @Override
  public CompletableFuture<SendResult> sendAsync(Message message, QueueSelector selector) {
    ActiveProducer active;
    try {
      active = active();
    } catch (RocketMQException e) {
      return CompletableFuture.failedFuture(e);
    }
    return active.send(SendCall.Kind.SINGLE, message, selector, active.callbacks());
  }

  @Override
  public void sendOneWay(Message message) {
    sendOneWay(message, options.selector());
  }

  @Override
  public void sendOneWay(Message message, QueueSelector selector) {
    CompletableFuture<List<SendResult>> written = active().sendOneWay(message, selector);
    if (written.isCompletedExceptionally()) {
      throw RocketMQException.from(written.exceptionNow());
    }
    var unused =
        written.whenComplete(
            (results, failure) -> {
              if (failure != null) {
                log.warn("A one-way message was not written: {}", failure.getMessage());
              }
            });
  }

  @Override
  public List<SendResult> sendBatch(List<Message> messages) {
    return sendBatch(messages, options.selector());
  }

  @Override
  public List<SendResult> sendBatch(List<Message> messages, QueueSelector selector) {
    ActiveProducer active = active();
    return active.await(active.sendBatch(messages, selector, Runnable::run));
  }

  @Override
  public CompletableFuture<List<SendResult>> sendBatchAsync(List<Message> messages) {
    ActiveProducer active;
    try {
      active = active();
    } catch (RocketMQException e) {
      return CompletableFuture.failedFuture(e);
    }
    return active.sendBatch(messages, options.selector(), active.callbacks());
  }

  @Override
  public Transaction beginTransaction(Message message) {
    ActiveProducer active = active();
    return active.await(active.begin(message));
  }

  @Override
  public TransactionResult sendInTransaction(Message message, LocalTransaction local) {
    Transaction transaction = beginTransaction(message);
    if (transaction.half().status() != SendStatus.OK) {
      return ended(transaction, TransactionOutcome.ROLLBACK);
    }
    TransactionOutcome outcome;
    try {
      outcome = Objects.requireNonNull(local.run(message, transaction.half()), "no outcome");
    } catch (Exception e) {
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      throw RocketMQException.of(
          Category.INTERNAL,
          "the application's part of transaction "
              + transaction.half().messageId()
              + " threw; the checker decides",
          e);
    }
    return ended(transaction, outcome);
  }

  private TransactionResult ended(Transaction transaction, TransactionOutcome outcome) {
    try {
      active().await(transaction.end(outcome));
    } catch (RocketMQException e) {
      log.warn(
          "The broker was not told that transaction {} is {}; it asks the checker: {}",
          transaction.half().messageId(),
          outcome,
          e.getMessage());
    }
    return new TransactionResult(transaction.half(), outcome);
  }

  @Override
  public String recall(String topic, String handle) {
    ActiveProducer active = active();
    return active.await(active.recall(topic, handle));
  }

  /** Waits for sends under way, has brokers forget the group, and gives back what it shares. */
  @Override
  public CompletionStage<CloseReport> closeAsync(Deadline deadline) {
    return toClosed().closeAsync(deadline);
  }

  private synchronized BoundedCloseable toClosed() {
    BoundedCloseable closing =
        switch (state) {
          case State.New fresh -> NOTHING;
          case State.Starting starting -> starting::close;
          case State.Running running -> running.closing;
          case State.Closed closed -> closed.closing;
        };
    state = new State.Closed(closing);
    return closing;
  }
}
