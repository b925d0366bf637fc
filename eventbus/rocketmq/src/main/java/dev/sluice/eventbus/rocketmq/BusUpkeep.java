package dev.sluice.eventbus.rocketmq;

import dev.sluice.rocketmq.group.Loop;
import dev.sluice.rocketmq.group.Membership;
import java.time.Duration;

/** What a member does now and then: commits, renews its locks, looks where held queues end. */
final class BusUpkeep implements Loop.Round {
  /** Brokers keep a lock for a minute. */
  private static final Duration LOCKS = Duration.ofSeconds(15);

  private static final Duration ENDS = Duration.ofSeconds(10);

  private final Membership membership;
  private final QueueFlows flows;
  private final Duration step;
  private final Due commits;
  private final Due locks = new Due(LOCKS);
  private final Due ends = new Due(ENDS);

  /** Comes every so often. One thread. */
  private static final class Due {
    private final long nanos;
    private long last = System.nanoTime();

    Due(Duration interval) {
      nanos = interval.toNanos();
    }

    boolean now() {
      long now = System.nanoTime();
      if (now - last < nanos) {
        return false;
      }
      last = now;
      return true;
    }
  }

  BusUpkeep(Membership membership, QueueFlows flows, Duration commitInterval) {
    this.membership = membership;
    this.flows = flows;
    this.step = commitInterval.compareTo(ENDS) < 0 ? commitInterval : ENDS;
    this.commits = new Due(commitInterval);
  }

  @Override
  public Duration run() throws InterruptedException {
    if (locks.now()) {
      flows.renewLocks();
    }
    if (ends.now()) {
      flows.lookAtEnds();
    }
    if (commits.now()) {
      flows.note();
      membership.offsets().persist(flows.queues());
    }
    return step;
  }
}
