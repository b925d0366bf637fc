package dev.sluice.eventbus.dispatch;

import dev.sluice.lifecycle.Clock;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.lifecycle.TimeoutScheduler;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;

/**
 * What a dispatcher runs on. It owns none of it.
 *
 * @param threads starts handlers, each on a thread that is its alone; must not run them within the
 *     call
 * @param scheduler ends waits between attempts, and the time of handlers
 * @param clock that the scheduler goes by
 * @param ledger where running handlers are counted, as {@code handler}
 */
public record DispatchRuntime(
    Executor threads, TimeoutScheduler scheduler, Clock clock, Ledger ledger) {

  /** Checks that all is there. */
  public DispatchRuntime {
    Objects.requireNonNull(threads, "threads");
    Objects.requireNonNull(scheduler, "scheduler");
    Objects.requireNonNull(clock, "clock");
    Objects.requireNonNull(ledger, "ledger");
  }

  /** Virtual threads with this name and a number, and the machine's time. */
  public static DispatchRuntime system(String name, Ledger ledger) {
    return new DispatchRuntime(virtual(name), TimeoutScheduler.system(), Clock.system(), ledger);
  }

  private static Executor virtual(String name) {
    ThreadFactory factory = Thread.ofVirtual().name(name + "-handler-", 1).factory();
    return task -> factory.newThread(task).start();
  }
}
