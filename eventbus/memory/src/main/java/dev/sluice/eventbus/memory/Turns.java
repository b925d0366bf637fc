package dev.sluice.eventbus.memory;

import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has a task run after each call for it, one run at a time; calls during a run are one further run.
 * Idle it has no thread.
 */
final class Turns {

  private static final Logger LOG = LoggerFactory.getLogger(Turns.class);

  private final String name;
  private final Runnable task;
  private final AtomicInteger calls = new AtomicInteger();

  Turns(String name, Runnable task) {
    this.name = name;
    this.task = task;
  }

  void call() {
    if (calls.getAndIncrement() == 0) {
      Thread.ofVirtual().name(name).start(this::run);
    }
  }

  private void run() {
    int seen;
    do {
      seen = calls.get();
      runOnce();
    } while (!calls.compareAndSet(seen, 0));
  }

  // What one run fails with must not keep those that are called for later from running.
  private void runOnce() {
    try {
      task.run();
    } catch (Throwable failure) {
      LOG.warn("{} failed in a turn", name, failure);
    }
  }
}
