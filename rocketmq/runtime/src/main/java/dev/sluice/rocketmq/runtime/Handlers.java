package dev.sluice.rocketmq.runtime;

import dev.sluice.lifecycle.Ledger;
import dev.sluice.lifecycle.Tally;
import dev.sluice.rocketmq.client.ClientOptions;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the application's code: on virtual threads, or where its options say. What it throws is told
 * to its handler for that, and ends nothing. Safe for all threads.
 */
public final class Handlers {
  private static final Logger log = LoggerFactory.getLogger(Handlers.class);
  private static final Executor VIRTUAL =
      task -> Thread.ofVirtual().name("rocketmq-callback").start(task);

  private final ClientOptions options;
  private final Ledger ledger;
  private final Completions completions;
  private final Object lock = new Object();
  private int running;
  private @Nullable CompletableFuture<@Nullable Void> idle;
  private @Nullable Tally tally;

  /** Those of one who completes no futures. */
  public Handlers(ClientOptions options, Ledger ledger) {
    this(
        options,
        ledger,
        (task, delay) -> {
          throw new RejectedExecutionException("no timer");
        });
  }

  /**
   * Those of a client.
   *
   * @param timer runs a short task later, and throws RejectedExecutionException once it cannot
   */
  Handlers(ClientOptions options, Ledger ledger, BiConsumer<Runnable, Duration> timer) {
    this.options = options;
    this.ledger = ledger;
    this.completions = new Completions(VIRTUAL, timer, this::uncaught);
  }

  void start() {
    synchronized (lock) {
      tally = ledger.tally("handler", options.clientId());
    }
  }

  /** Runs a handler, which closing waits for. Whoever calls bounds how many there are. */
  public void run(Runnable handler) {
    began();
    execute(
        () -> {
          try {
            handler.run();
          } finally {
            ended();
          }
        });
  }

  /** Completes a future of the application, which closing does not wait for. */
  public void complete(Runnable completion) {
    if (options.callbackExecutor() == null) {
      completions.run(completion);
    } else {
      execute(completion);
    }
  }

  /** Runs a callback on its own, which closing does not wait for. */
  public void execute(Runnable callback) {
    Runnable guarded = () -> guard(callback);
    Executor executor = options.callbackExecutor();
    if (executor == null) {
      VIRTUAL.execute(guarded);
      return;
    }
    try {
      executor.execute(guarded);
    } catch (RejectedExecutionException e) {
      // The application has shut its executor down before the client; its futures complete yet.
      VIRTUAL.execute(guarded);
    }
  }

  private void guard(Runnable callback) {
    try {
      callback.run();
    } catch (Throwable e) {
      uncaught(e);
    }
  }

  /** Tells the application what its own code threw. */
  public void uncaught(Throwable thrown) {
    Thread.UncaughtExceptionHandler handler = options.uncaughtHandler();
    if (handler == null) {
      log.error("A callback of the application threw", thrown);
      return;
    }
    try {
      handler.uncaughtException(Thread.currentThread(), thrown);
    } catch (Throwable e) {
      log.error("The handler of uncaught exceptions threw", e);
    }
  }

  private void began() {
    synchronized (lock) {
      running++;
      if (tally != null) {
        tally.add(1);
      }
    }
  }

  private void ended() {
    CompletableFuture<@Nullable Void> waiting = null;
    synchronized (lock) {
      running--;
      if (tally != null) {
        tally.remove(1);
      }
      if (running == 0) {
        waiting = idle;
      }
    }
    if (waiting != null) {
      waiting.complete(null);
    }
  }

  /** Completes when no handler runs. Called once, when no more are to come. */
  CompletionStage<?> whenIdle() {
    synchronized (lock) {
      if (running == 0) {
        return CompletableFuture.completedStage(null);
      }
      idle = new CompletableFuture<>();
      return idle;
    }
  }

  /** Takes the count out of the ledger; idempotent. */
  void close() {
    synchronized (lock) {
      if (tally != null) {
        tally.close();
        tally = null;
      }
    }
  }
}
