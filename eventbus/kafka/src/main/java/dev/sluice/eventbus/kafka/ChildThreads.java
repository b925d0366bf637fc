package dev.sluice.eventbus.kafka;

import dev.sluice.lifecycle.Ledger;
import dev.sluice.lifecycle.Tracked;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The threads of one transport that wait for the broker: daemons, in the ledger while they run, a
 * few at a time, and interrupted when it closes.
 */
final class ChildThreads {
  private static final int MOST = 16;

  private final Ledger ledger;
  private final String owner;
  private final Set<Child> running = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  ChildThreads(Ledger ledger, String owner) {
    this.ledger = ledger;
    this.owner = owner;
  }

  /** One thread, and its end. */
  private final class Child implements Runnable {
    private final Runnable task;
    private final Thread thread;
    private final Tracked tracked;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    Child(String what, Runnable task) {
      this.task = task;
      // A platform thread: Kafka's clients wait in ways that would hold up a virtual one's carrier.
      this.thread =
          Thread.ofPlatform()
              .daemon()
              .name("eventbus-kafka-" + what.replace(' ', '-') + "-" + owner)
              .unstarted(this);
      this.tracked = ledger.track("thread", owner + ": " + what, thread);
    }

    @Override
    public void run() {
      try {
        task.run();
      } finally {
        running.remove(this);
        tracked.close();
        // The last: whoever waits for it looks at the ledger next.
        ended.complete(null);
      }
    }
  }

  /** False if it closes, or too many run. */
  boolean start(String what, Runnable task) {
    if (closed || running.size() >= MOST) {
      return false;
    }
    var child = new Child(what, task);
    running.add(child);
    child.thread.start();
    if (closed) {
      child.thread.interrupt();
    }
    return true;
  }

  /** Interrupts all, and completes when they have ended. */
  CompletionStage<Void> close() {
    closed = true;
    running.forEach(child -> child.thread.interrupt());
    return CompletableFuture.allOf(
        running.stream().map(child -> child.ended).toArray(CompletableFuture<?>[]::new));
  }
}
