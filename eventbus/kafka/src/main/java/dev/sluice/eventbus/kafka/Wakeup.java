package dev.sluice.eventbus.kafka;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Calls the polling thread out of its wait, and only out of that: Kafka's own wake-up throws at
 * whatever the consumer does next, a commit included, and costs an exception each time.
 */
final class Wakeup {
  private final AtomicBoolean called = new AtomicBoolean();
  private final AtomicBoolean waiting = new AtomicBoolean();
  private volatile @Nullable Consumer<?, ?> consumer;
  private volatile @Nullable Thread thread;

  /** The polling thread, which calls this. */
  void own() {
    thread = Thread.currentThread();
  }

  void polls(Consumer<?, ?> polled) {
    consumer = polled;
  }

  /** Calls; any thread. */
  void call() {
    called.set(true);
    if (waiting.compareAndSet(true, false)) {
      Consumer<?, ?> polled = consumer;
      if (polled != null) {
        polled.wakeup();
      }
      LockSupport.unpark(thread);
    }
  }

  /** Before a wait: false if there was a call, and it must not wait. */
  boolean beginWait() {
    waiting.set(true);
    if (called.getAndSet(false)) {
      waiting.set(false);
      return false;
    }
    return true;
  }

  /** After a wait. */
  void endWait() {
    waiting.set(false);
    called.set(false);
  }
}
