package dev.sluice.eventbus.outbox;

import dev.sluice.lifecycle.Ledger;
import dev.sluice.lifecycle.Tally;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The virtual threads of a relay. Safe for all threads. */
final class RelayTasks {
  private final Tally tally;

  /** Each leaves when it ends. */
  private final Set<Thread> threads = new HashSet<>();

  private boolean refusing;
  private final CompletableFuture<@Nullable Void> idle = new CompletableFuture<>();

  RelayTasks(Ledger ledger) {
    this.tally = ledger.tally("outbox task", "outbox relay");
  }

  /** Starts a task; false if none are taken any more. */
  boolean start(String name, Runnable task) {
    Thread thread = Thread.ofVirtual().name(name).unstarted(() -> run(task));
    synchronized (threads) {
      if (refusing) {
        return false;
      }
      threads.add(thread);
    }
    tally.add(1);
    thread.start();
    return true;
  }

  private void run(Runnable task) {
    try {
      task.run();
    } finally {
      ended();
    }
  }

  private void ended() {
    tally.remove(1);
    boolean last;
    synchronized (threads) {
      threads.remove(Thread.currentThread());
      last = refusing && threads.isEmpty();
    }
    if (last) {
      idle.complete(null);
    }
  }

  /** Takes no more tasks; done when those that run have ended. */
  CompletableFuture<?> end() {
    boolean none;
    synchronized (threads) {
      refusing = true;
      none = threads.isEmpty();
    }
    if (none) {
      idle.complete(null);
    }
    return idle;
  }

  void interrupt() {
    List<Thread> all;
    synchronized (threads) {
      all = List.copyOf(threads);
    }
    all.forEach(Thread::interrupt);
  }

  /** Takes the count out of the ledger. */
  void free() {
    tally.close();
  }
}
