package dev.sluice.eventbus.core;

import dev.sluice.eventbus.EventBusException;
import dev.sluice.eventbus.EventBusException.Category;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.lifecycle.Tally;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Runs a few things at a time that wait for the broker, until the bus closes. */
final class DeskThreads {

  private static final int MOST = 16;

  private final String group;
  private final Tally tally;
  private final Set<Thread> running = new HashSet<>();
  private boolean stopped;

  DeskThreads(Ledger ledger, String group) {
    this.group = group;
    this.tally = ledger.tally("dead letter task", group);
  }

  <T> CompletableFuture<T> run(Callable<T> task) {
    var result = new CompletableFuture<T>();
    Thread thread =
        Thread.ofVirtual().name("dead letters of " + group).unstarted(() -> complete(result, task));
    EventBusException refusal = enter(thread);
    if (refusal != null) {
      return CompletableFuture.failedFuture(refusal);
    }
    thread.start();
    return result;
  }

  private synchronized @Nullable EventBusException enter(Thread thread) {
    if (stopped) {
      return PublishWindow.closed();
    }
    if (running.size() >= MOST) {
      return EventBusException.of(
          Category.OVERLOADED, "dead letters: " + MOST + " calls are under way (expected: fewer)");
    }
    running.add(thread);
    tally.add(1);
    return null;
  }

  // Whatever a task throws, who waits for it must hear of it.
  private <T> void complete(CompletableFuture<T> result, Callable<T> task) {
    T value;
    try {
      value = task.call();
    } catch (Throwable failure) {
      leave();
      result.completeExceptionally(shown(failure));
      return;
    }
    leave();
    result.complete(value);
  }

  private static EventBusException shown(Throwable failure) {
    return switch (failure) {
      case InterruptedException interrupted -> PublishWindow.closed();
      case EventBusException known -> known;
      default -> EventBusException.of(Category.INTERNAL, "dead letters: " + failure, failure);
    };
  }

  /** Before the result, so that whoever sees that sees nothing open. */
  private void leave() {
    boolean last;
    synchronized (this) {
      running.remove(Thread.currentThread());
      tally.remove(1);
      last = stopped && running.isEmpty();
    }
    if (last) {
      tally.close();
    }
  }

  /** Interrupts what is under way, and takes nothing more. */
  void stop() {
    List<Thread> left;
    synchronized (this) {
      if (stopped) {
        return;
      }
      stopped = true;
      left = List.copyOf(running);
    }
    if (left.isEmpty()) {
      tally.close();
    }
    left.forEach(Thread::interrupt);
  }
}
