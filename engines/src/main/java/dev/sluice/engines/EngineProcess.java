package dev.sluice.engines;

import dev.sluice.lifecycle.BoundedCloseable;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.lifecycle.StagedClose;
import dev.sluice.lifecycle.Tracked;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The process of an engine, whichever it is at present: a restart replaces it, and after the end
 * there is no other. Safe for use by any thread.
 */
final class EngineProcess {
  private static final long STOP_SECONDS = 5;

  private final String engine;
  private final Supplier<ChildProcess> next;
  private final ReentrantLock restarting = new ReentrantLock();
  private volatile ChildProcess child;
  private volatile boolean closed;
  private volatile @Nullable Tracked tracked;

  /**
   * A process that runs.
   *
   * @param engine for messages, {@code engine <address>}
   * @param next starts another one on the same ports and data, and waits until it serves
   */
  EngineProcess(String engine, ChildProcess first, Supplier<ChildProcess> next) {
    this.engine = engine;
    this.child = first;
    this.next = next;
  }

  ChildProcess child() {
    return child;
  }

  /** Counts the engine until its end. */
  void enter(Ledger ledger, String description, BoundedCloseable owner) {
    tracked = ledger.track(RocketMQEngine.LEDGER_KIND, description, owner);
  }

  /**
   * Stops the process if it runs, and starts another one. Blocks.
   *
   * @throws EngineException if it cannot be started; the engine is then down, and may be restarted
   * @throws IllegalStateException if the engine is closed
   */
  void restart() {
    restarting.lock();
    try {
      checkOpen();
      stop(child);
      child = next.get();
      if (closed) {
        // Closed meanwhile, and the close saw only the old process.
        child.kill();
      }
      checkOpen();
    } finally {
      restarting.unlock();
    }
  }

  private static void stop(ChildProcess old) {
    CompletableFuture<EngineExit> exit = old.stop().toCompletableFuture();
    exit.copy()
        .orTimeout(STOP_SECONDS, TimeUnit.SECONDS)
        .exceptionallyCompose(late -> old.kill().toCompletableFuture())
        .join();
  }

  void checkOpen() {
    if (closed) {
      throw new IllegalStateException(engine + " is closed");
    }
  }

  /** Has every restart that is under way or comes end as one of a closed engine. */
  void refuseRestarts() {
    closed = true;
  }

  /** Adds the process's end to its engine's: in order for four fifths of the time, then a kill. */
  StagedClose.Builder addEnd(StagedClose.Builder stages) {
    return stages
        .stage("stop", 0.8, deadline -> child.stop())
        .stage("kill", deadline -> child.kill());
  }

  /** Counts the engine no more. */
  void leaveLedger() {
    Tracked entry = tracked;
    if (entry != null) {
      entry.close();
    }
  }
}
