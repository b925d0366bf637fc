package dev.sluice.gateway.spi.testing;

import dev.sluice.gateway.spi.Cancellable;
import dev.sluice.gateway.spi.CheckListener;
import dev.sluice.gateway.spi.Loop;
import dev.sluice.gateway.spi.TransactionCheck;
import dev.sluice.lifecycle.Clock;
import java.time.Duration;
import java.util.List;

/**
 * Asks one upstream's listener how transactions ended; of several upstreams, the first to look asks
 * its own. Runs on one loop.
 */
final class MemoryChecks {

  private final MemoryCluster cluster;
  private final Loop loop;
  private final Clock clock;
  private final CheckListener listener;
  private final Runnable watcher;
  private Cancellable timer = Cancellable.NONE;
  private boolean over;

  MemoryChecks(MemoryCluster cluster, Loop loop, Clock clock, CheckListener listener) {
    this.cluster = cluster;
    this.loop = loop;
    this.clock = clock;
    this.listener = listener;
    this.watcher = () -> loop.execute(this::look);
  }

  void begin() {
    cluster.watch(watcher);
    loop.execute(this::look);
  }

  private void look() {
    if (over) {
      return;
    }
    timer.cancel();
    timer = Cancellable.NONE;
    long now = clock.currentTimeMillis();
    List<TransactionCheck> due;
    long next;
    synchronized (cluster) {
      due = cluster.transactions().due(now);
      next = cluster.transactions().nextCheck();
    }
    if (next < Long.MAX_VALUE) {
      timer = loop.schedule(this::look, Duration.ofMillis(Math.max(1, next - now)));
    }
    due.forEach(listener::asked);
  }

  void end() {
    cluster.unwatch(watcher);
    loop.execute(
        () -> {
          over = true;
          timer.cancel();
        });
  }
}
