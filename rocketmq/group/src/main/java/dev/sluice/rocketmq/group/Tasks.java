package dev.sluice.rocketmq.group;

import dev.sluice.lifecycle.Ledger;
import dev.sluice.lifecycle.Tally;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The virtual threads of one consumer, counted in the ledger. What a task throws ends that task
 * alone. Whoever starts tasks bounds how many there are. Safe for all threads.
 */
public final class Tasks {
  private final Tally tally;
  private final String name;
  private final Consumer<Throwable> uncaught;

  /** Each leaves when it ends. */
  private final Set<Thread> threads = new HashSet<>();

  private boolean stopped;
  private @Nullable CompletableFuture<@Nullable Void> idle;

  /** Something to do that may wait. */
  @FunctionalInterface
  public interface Task {
    /** Does it; interrupted when the consumer has no more time for it. */
    void run() throws InterruptedException;
  }

  /**
   * No tasks yet.
   *
   * @param uncaught told of what tasks throw
   */
  public Tasks(Ledger ledger, String owner, String name, Consumer<Throwable> uncaught) {
    this.tally = ledger.tally("consumer task", owner);
    this.name = name;
    this.uncaught = uncaught;
  }

  /** Starts a task, unless they were interrupted; false if so. */
  public boolean start(Task task) {
    synchronized (threads) {
      if (stopped) {
        return false;
      }
      Thread thread = Thread.ofVirtual().name(name).unstarted(() -> run(task));
      threads.add(thread);
      tally.add(1);
      thread.start();
      return true;
    }
  }

  private void run(Task task) {
    try {
      task.run();
    } catch (InterruptedException e) {
      // Its end was asked for.
    } catch (Throwable e) {
      uncaught.accept(e);
    } finally {
      ended();
    }
  }

  private void ended() {
    CompletableFuture<@Nullable Void> waiting = null;
    synchronized (threads) {
      threads.remove(Thread.currentThread());
      tally.remove(1);
      if (threads.isEmpty()) {
        waiting = idle;
      }
    }
    if (waiting != null) {
      waiting.complete(null);
    }
  }

  /** Asks all tasks to end, and refuses others; done when all have. Called once. */
  public CompletionStage<?> interrupt() {
    List<Thread> all;
    CompletableFuture<@Nullable Void> ended = new CompletableFuture<>();
    synchronized (threads) {
      stopped = true;
      all = List.copyOf(threads);
      idle = ended;
    }
    if (all.isEmpty()) {
      ended.complete(null);
    }
    all.forEach(Thread::interrupt);
    return ended;
  }

  /** Takes the count out of the ledger. */
  public void free() {
    tally.close();
  }
}
