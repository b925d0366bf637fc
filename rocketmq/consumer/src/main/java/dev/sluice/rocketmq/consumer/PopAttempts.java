package dev.sluice.rocketmq.consumer;

import dev.sluice.lifecycle.Clock;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Names ordered pops. One whose answer was lost may have blocked queues; who asks again by its name
 * gets the same messages, and others nothing until their time is over. Safe for all threads.
 */
final class PopAttempts {
  private final Clock clock;
  private final String prefix = UUID.randomUUID().toString();
  private final AtomicLong count = new AtomicLong();

  /** As many as calls that failed at a time; each is removed by the next pop there. */
  private final Queue<Attempt> lost = new ConcurrentLinkedQueue<>();

  /**
   * An ordered pop.
   *
   * @param id its name
   * @param untilNanos when all that it may have blocked is free again
   */
  record Attempt(PopSource source, String id, long untilNanos) {}

  PopAttempts(Clock clock) {
    this.clock = clock;
  }

  /**
   * The next pop: one that was lost, or a new one.
   *
   * @param invisibleNanos for how long it hides messages
   */
  Attempt next(PopSource source, long invisibleNanos) {
    long now = clock.nanoTime();
    lost.removeIf(each -> each.untilNanos() - now <= 0);
    Attempt again = lostAt(source);
    String id = again == null ? prefix + '-' + count.incrementAndGet() : again.id();
    return new Attempt(source, id, now + invisibleNanos);
  }

  /** One that was lost there, which is this caller's then. */
  private @Nullable Attempt lostAt(PopSource source) {
    List<Attempt> there = lost.stream().filter(each -> each.source().equals(source)).toList();
    return there.stream().filter(lost::remove).findFirst().orElse(null);
  }

  /** Nobody knows what became of it. */
  void lost(Attempt attempt) {
    lost.add(attempt);
  }
}
