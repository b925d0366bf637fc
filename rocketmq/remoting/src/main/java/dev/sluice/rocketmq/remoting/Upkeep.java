package dev.sluice.rocketmq.remoting;

import dev.sluice.lifecycle.Ledger;
import dev.sluice.lifecycle.Tracked;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a client does again and again, on its first loop's timer: refresh routes, beat, tidy up. */
final class Upkeep {
  private static final Logger log = LoggerFactory.getLogger(Upkeep.class);

  private final EventLoop loop;
  private final Ledger ledger;
  private final String owner;
  private final List<ScheduledFuture<?>> timers = new ArrayList<>();
  private final List<Tracked> tracked = new ArrayList<>();

  Upkeep(EventLoop loop, Ledger ledger, String owner) {
    this.loop = loop;
    this.ledger = ledger;
    this.owner = owner;
  }

  /** Begins to run the task on the loop, for the first time after one interval. */
  synchronized void every(Duration interval, Runnable task) {
    ScheduledFuture<?> timer =
        loop.scheduleWithFixedDelay(
            () -> run(task), interval.toNanos(), interval.toNanos(), TimeUnit.NANOSECONDS);
    timers.add(timer);
    tracked.add(ledger.track("timer", owner, timer));
  }

  /** A task that throws is run again all the same. */
  private static void run(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      log.error("A recurring task of the client failed", e);
    }
  }

  /** Stops all; a task that is running ends by itself. */
  synchronized void stop() {
    timers.forEach(timer -> timer.cancel(false));
    timers.clear();
    tracked.forEach(Tracked::close);
    tracked.clear();
  }
}
