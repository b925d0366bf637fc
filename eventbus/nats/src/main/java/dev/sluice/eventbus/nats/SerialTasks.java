package dev.sluice.eventbus.nats;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs tasks one after the other, in the order in which they were given. A task that is given by a
 * task runs after it. No lock; what tasks share is visible from one to the next.
 */
final class SerialTasks {
  private static final Logger LOG = LoggerFactory.getLogger(SerialTasks.class);

  /** How much of others' work whoever gives a task does at most. */
  private static final int MOST_AT_ONCE = 64;

  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private final Executor first;
  private final Executor more;

  private SerialTasks(Executor first, Executor more) {
    this.first = first;
    this.more = more;
  }

  /**
   * On the threads that give them, and when many come on others: for tasks that do not block, and
   * call nobody who may.
   */
  static SerialTasks onCallers(NatsThreads threads) {
    return new SerialTasks(
        Runnable::run,
        task -> {
          if (!threads.run(task)) {
            task.run(); // Closing: few come any more.
          }
        });
  }

  /** On a virtual thread, which ends when there is nothing to do: for calls of others' code. */
  static SerialTasks onVirtualThreads(String name) {
    Executor executor = task -> Thread.ofVirtual().name(name).start(task);
    return new SerialTasks(executor, executor);
  }

  void run(Runnable task) {
    tasks.add(task);
    if (waiting.getAndIncrement() == 0) {
      first.execute(this::drain);
    }
  }

  private void drain() {
    for (int done = 0; done < MOST_AT_ONCE; done++) {
      Runnable task = tasks.poll();
      try {
        if (task != null) {
          task.run();
        }
      } catch (RuntimeException e) {
        LOG.error("a task failed, which is a fault of this library", e);
      }
      if (waiting.decrementAndGet() == 0) {
        return;
      }
    }
    more.execute(this::drain);
  }
}
