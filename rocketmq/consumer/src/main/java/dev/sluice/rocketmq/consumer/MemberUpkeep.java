package dev.sluice.rocketmq.consumer;

import dev.sluice.rocketmq.group.Loop;
import java.time.Duration;

/** What a member does now and then: stores offsets, renews locks, gives up late handlers. */
final class MemberUpkeep implements Loop.Round {
  private final MemberParts parts;
  private final Assignments assignments;
  private final ConsumeWatch watch;
  private final long stepNanos;
  private long storedAt;
  private long renewedAt;

  MemberUpkeep(MemberParts parts, Assignments assignments, ConsumeWatch watch) {
    this.parts = parts;
    this.assignments = assignments;
    this.watch = watch;
    PushConsumerOptions options = parts.options();
    // Late handlers are looked for ten times in their time.
    this.stepNanos =
        Math.min(
            Math.min(options.persistInterval().toNanos(), options.lockInterval().toNanos()),
            Math.min(options.consumeTimeout().toNanos() / 10, Duration.ofSeconds(10).toNanos()));
    this.storedAt = parts.clock().nanoTime();
    this.renewedAt = storedAt;
  }

  @Override
  public Duration run() throws InterruptedException {
    long now = parts.clock().nanoTime();
    if (!parts.options().ordered()) {
      watch.check();
    } else if (now - renewedAt >= parts.options().lockInterval().toNanos()) {
      renewedAt = now;
      assignments.renewLocks();
    }
    if (now - storedAt >= parts.options().persistInterval().toNanos()) {
      storedAt = now;
      parts.offsets().persist(assignments.queues());
    }
    return Duration.ofNanos(stepNanos);
  }
}
