package dev.sluice.gateway.upstreams;

import dev.sluice.gateway.spi.Cancellable;
import dev.sluice.gateway.spi.Capabilities;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.Loop;
import dev.sluice.gateway.spi.Upstream;
import java.time.Duration;

/**
 * One start of an upstream within a limit. Belongs to a loop, on which its outcome is told: once,
 * or never where it was given up before. What comes after a timeout or after giving up is ignored:
 * whoever gave up closes the upstream.
 */
final class TimedStart implements Completion<Capabilities> {

  /** What becomes of it. */
  interface Outcome {
    void started(ActiveUpstream active);

    /** It failed, and holds nothing. */
    void failed(GatewayException failure);

    /** It may still be starting, and has to be closed. */
    void timedOut();
  }

  private final Upstream upstream;
  private final Outcome outcome;
  private Cancellable timer = Cancellable.NONE;
  private boolean over;

  TimedStart(Upstream upstream, Outcome outcome) {
    this.upstream = upstream;
    this.outcome = outcome;
  }

  void begin(Loop loop, Duration limit) {
    timer =
        loop.schedule(
            () -> {
              if (end()) {
                outcome.timedOut();
              }
            },
            limit);
    upstream.start(this);
  }

  void giveUp() {
    end();
  }

  private boolean end() {
    boolean first = !over;
    over = true;
    timer.cancel();
    return first;
  }

  @Override
  public void done(Capabilities capabilities) {
    if (end()) {
      outcome.started(new ActiveUpstream(upstream, capabilities));
    }
  }

  @Override
  public void failed(GatewayException failure) {
    if (end()) {
      outcome.failed(failure);
    }
  }
}
