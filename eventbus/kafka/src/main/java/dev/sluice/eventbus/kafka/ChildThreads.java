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
  private record Child(Thread thread, CompletableFuture<Void> ended) {}

  /** False if it closes, or too many run. */
  boolean start(String what, Runnable task) {
    if (closed || running.size() >= MOST) {
      return false;
    }
    var ended = new CompletableFuture<Void>();
    // A platform thread: Kafka's clients wait in ways that would hold up a virtual one's carrier.
    Thread thread =
        Thread.ofPlatform()
            .daemon()
            .name("eventbus-kafka-" + what.replace(' ', '-') + "-" + owner)
            .unstarted(() -> run(task, ended));
    var child = new Child(thread, ended);
    Tracked tracked = ledger.track("thread", owner + ": " + what, thread);
    running.add(child);
    var unused =
        ended.whenComplete(
            (done, failure) -> {
              running.remove(child);
              tracked.close();
            });
    thread.start();
    if (closed) {
      thread.interrupt();
    }
    return true;
  }

  private static void run(Runnable task, CompletableFuture<Void> ended) {
    try {
      task.run();
    } finally {
      ended.complete(null);
    }
  }

  /** Interrupts all, and completes when they have ended. */
  CompletionStage<Void> close() {
    closed = true;
    running.forEach(child -> child.thread().interrupt());
    return CompletableFuture.allOf(
        running.stream().map(Child::ended).toArray(CompletableFuture<?>[]::new));
  }
}
