package dev.sluice.eventbus.nats;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs tasks one after the other, in the order in which they were given, on whichever thread gave
 * the first of them. A task that is given by a task runs after it. No lock; what tasks share is
 * visible from one to the next.
 */
final class SerialTasks {
  private static final Logger LOG = LoggerFactory.getLogger(SerialTasks.class);

  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private final Executor executor;

  private SerialTasks(Executor executor) {
    this.executor = executor;
  }

  /** On the threads that give them: for tasks that do not block, and call nobody who may. */
  static SerialTasks onCallers() {
    return new SerialTasks(Runnable::run);
  }

  /** On a virtual thread, which ends when there is nothing to do: for calls of others' code. */
  static SerialTasks onVirtualThreads(String name) {
    return new SerialTasks(task -> Thread.ofVirtual().name(name).start(task));
  }

  void run(Runnable task) {
    tasks.add(task);
    if (waiting.getAndIncrement() == 0) {
      executor.execute(this::drain);
    }
  }

  private void drain() {
    do {
      Runnable task = tasks.poll();
      try {
        if (task != null) {
          task.run();
        }
      } catch (RuntimeException e) {
        LOG.error("a task failed, which is a fault of this library", e);
      }
    } while (waiting.decrementAndGet() > 0);
  }
}
