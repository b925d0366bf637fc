package dev.sluice.gateway.server;

import dev.sluice.lifecycle.Clock;
import dev.sluice.lifecycle.Ledger;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many threads there are. The virtual ones are counted by a dump of all threads, which takes
 * some milliseconds, so the answer may be five seconds old. Blocks: not for event loops.
 */
final class ThreadCounts {
  private static final Logger LOG = LoggerFactory.getLogger(ThreadCounts.class);
  private static final Duration FRESH = Duration.ofSeconds(5);

  /** What runs on threads, or on timers, until its owner ends it. */
  private static final List<String> RUNNING = List.of("thread", "event loop group", "timer");

  private final Ledger ledger;
  private final Clock clock;
  private boolean counted;
  private long countedAt;
  private int virtual;

  ThreadCounts(Ledger ledger, Clock clock) {
    this.ledger = ledger;
    this.clock = clock;
  }

  static int platform() {
    return ManagementFactory.getThreadMXBean().getThreadCount();
  }

  /** Those that wait included. */
  int virtual() {
    // Not under the lock: a dump waits for all threads to be seen.
    synchronized (this) {
      if (counted && clock.nanoTime() - countedAt < FRESH.toNanos()) {
        return virtual;
      }
    }
    int now = dump();
    synchronized (this) {
      counted = true;
      countedAt = clock.nanoTime();
      virtual = now;
    }
    return now;
  }

  private static int dump() {
    try {
      return ThreadDump.virtualThreads();
    } catch (IOException e) {
      // Nowhere to write to: those with a carrier, or waiting for one, are better than nothing.
      LOG.debug("Threads cannot be dumped", e);
      return scheduled();
    }
  }

  private static int scheduled() {
    var scheduler =
        ManagementFactory.getPlatformMXBean(jdk.management.VirtualThreadSchedulerMXBean.class);
    return scheduler == null
        ? 0
        : (int)
            (Math.max(0, scheduler.getMountedVirtualThreadCount())
                + Math.max(0, scheduler.getQueuedVirtualThreadCount()));
  }

  /** Threads, groups of threads and timers that were dropped without being ended, so far. */
  long leaks() {
    return RUNNING.stream().mapToLong(ledger::leaks).sum();
  }

  /** Whether the ledger's kind is one of {@link #leaks}. */
  static boolean isThread(String kind) {
    return RUNNING.contains(kind);
  }
}
