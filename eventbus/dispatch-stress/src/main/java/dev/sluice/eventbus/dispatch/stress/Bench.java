package dev.sluice.eventbus.dispatch.stress;

import dev.sluice.eventbus.Backoff;
import dev.sluice.eventbus.FailurePolicy;
import dev.sluice.eventbus.dispatch.DispatchOptions;
import dev.sluice.eventbus.dispatch.DispatchRuntime;
import dev.sluice.eventbus.dispatch.Flow;
import dev.sluice.eventbus.dispatch.FlowOwner;
import dev.sluice.eventbus.dispatch.Item;
import dev.sluice.eventbus.dispatch.KeyedDispatcher;
import dev.sluice.eventbus.dispatch.Resolution;
import dev.sluice.lifecycle.Clock;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.lifecycle.TimeoutScheduler;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A dispatcher whose handlers run where the test has them run, and whose timers go off when it says
 * so.
 */
final class Bench implements FlowOwner<String>, Clock {

  final Ledger ledger = Ledger.create();

  /** Handlers that were started. */
  final Queue<Runnable> started = new ConcurrentLinkedQueue<>();

  /** Timers that were set. */
  final Queue<Runnable> timers = new ConcurrentLinkedQueue<>();

  final AtomicInteger rooms = new AtomicInteger();
  final AtomicInteger resolved = new AtomicInteger();
  final AtomicInteger interrupted = new AtomicInteger();
  final CompletableFuture<String> deadLetter = new CompletableFuture<>();
  final KeyedDispatcher<String> dispatcher;
  final Flow<String> flow;
  private final AtomicLong seconds = new AtomicLong();

  /** Handlers fail whose messages say so, and go to the dead letters at once. */
  Bench(int concurrency, int maxMessages) {
    TimeoutScheduler scheduler =
        (task, delay) -> {
          timers.add(task);
          return () -> timers.remove(task);
        };
    this.dispatcher =
        KeyedDispatcher.create(
            new DispatchOptions(
                "bench",
                concurrency,
                maxMessages,
                1_000,
                Duration.ofSeconds(1),
                FailurePolicy.deadLetter(1, Backoff.standard())),
            (item, attempt) -> {
              if (item.message().equals("fails")) {
                throw new IllegalStateException("fails");
              }
            },
            (item, attempts, last) -> deadLetter,
            new DispatchRuntime(started::add, scheduler, this, ledger));
    this.flow = dispatcher.open("flow", this);
  }

  boolean offer(long offset, String key, String message) {
    return flow.offer(new Item<>(offset, key, 1, message));
  }

  /** Runs the handler that was started first. */
  void runOne() {
    started.remove().run();
  }

  /** Runs all that were started, and what starts after them. */
  void runAll() {
    for (Runnable each = started.poll(); each != null; each = started.poll()) {
      each.run();
    }
  }

  @Override
  public void onRoom() {
    rooms.incrementAndGet();
  }

  @Override
  public void onResolved(Item<String> item, Resolution resolution) {
    resolved.incrementAndGet();
    if (Thread.interrupted()) {
      interrupted.incrementAndGet();
    }
  }

  // A second later each time that somebody looks.
  @Override
  public long nanoTime() {
    return Duration.ofSeconds(seconds.incrementAndGet()).toNanos();
  }

  @Override
  public long currentTimeMillis() {
    return Duration.ofSeconds(seconds.get()).toMillis();
  }
}
