package dev.sluice.gateway.access;

import dev.sluice.gateway.spi.Cancellable;
import dev.sluice.gateway.spi.Loop;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.lifecycle.Tracked;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has things made of files look at them again and again. Its timer runs on a loop, the looks, which
 * block, on a virtual thread each time.
 */
public final class FileWatch {
  private static final Logger LOG = LoggerFactory.getLogger(FileWatch.class);

  private final List<Reloadable> watched;
  private final Duration interval;
  private final Loop loop;
  private final Ledger ledger;
  private final Consumer<Reloadable.Outcome> outcomes;
  private @Nullable Cancellable timer;
  private @Nullable Tracked tracked;
  private boolean stopped;

  /**
   * Nothing is looked at before {@link #start}.
   *
   * @param interval from the end of one look to the next
   * @param outcomes gets each change's outcome, on any thread
   */
  public FileWatch(
      List<Reloadable> watched,
      Duration interval,
      Loop loop,
      Ledger ledger,
      Consumer<Reloadable.Outcome> outcomes) {
    this.watched = List.copyOf(watched);
    this.interval = interval;
    this.loop = loop;
    this.ledger = ledger;
    this.outcomes = outcomes;
  }

  /** Begins to look, where there is anything to look at. */
  public synchronized void start() {
    if (!watched.isEmpty()) {
      tracked = ledger.track("timer", "changed files", this);
      schedule();
    }
  }

  /** Ends it; a look under way is the last one. Idempotent. */
  public synchronized void stop() {
    stopped = true;
    if (timer != null) {
      timer.cancel();
    }
    if (tracked != null) {
      tracked.close();
    }
  }

  private synchronized void schedule() {
    if (!stopped) {
      timer =
          loop.schedule(
              () -> Thread.ofVirtual().name("sluice-changed-files").start(this::look), interval);
    }
  }

  private void look() {
    for (Reloadable each : watched) {
      try {
        Reloadable.Outcome outcome = each.look();
        if (outcome != Reloadable.Outcome.UNCHANGED) {
          outcomes.accept(outcome);
        }
      } catch (RuntimeException e) {
        // The thread ends here: the next look comes all the same.
        LOG.error("Looking for changed files failed", e);
      }
    }
    schedule();
  }
}
