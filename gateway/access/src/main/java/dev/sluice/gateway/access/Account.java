package dev.sluice.gateway.access;

import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.upstreams.Quota;
import dev.sluice.lifecycle.Clock;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What is counted for one name, whichever of its keys is used. Safe for use by any thread, but for
 * {@link #change}.
 */
final class Account {

  private final String shown;
  private final Clock clock;
  private final Quota sessions;
  private final Quota streams;
  private volatile @Nullable RateLimit rate;

  /**
   * Makes one of which nothing is taken.
   *
   * @param shown whose it is, for people, such as {@code API key orders}
   */
  Account(String shown, Limits limits, Clock clock) {
    this.shown = shown;
    this.clock = clock;
    this.sessions = Quota.of("sessions of " + shown, limits.sessions(), "its sessions");
    this.streams = Quota.of("streams of " + shown, limits.streams(), "its streams");
    change(limits);
  }

  /** Other bounds from now on; what is open stays open. One change at a time. */
  void change(Limits limits) {
    sessions.change(limits.sessions());
    streams.change(limits.streams());
    Optional<RateLimit.Rate> bounds = limits.rate();
    RateLimit before = rate;
    if (bounds.isEmpty()) {
      rate = null;
    } else if (before == null) {
      rate = new RateLimit(bounds.get(), clock);
    } else {
      before.change(bounds.get());
    }
  }

  Quota sessions() {
    return sessions;
  }

  Quota streams() {
    return streams;
  }

  /** As {@link dev.sluice.gateway.upstreams.Caller#charge}. */
  void charge(int requests) {
    RateLimit limit = rate;
    if (limit == null || requests <= 0) {
      return;
    }
    long wait = limit.take(requests);
    if (wait > 0) {
      throw GatewayException.overloaded(refusal(limit.rate(), requests, wait));
    }
  }

  private String refusal(RateLimit.Rate rate, int requests, long wait) {
    String what = "requests of " + shown + ": ";
    if (wait == Long.MAX_VALUE) {
      return what + requests + " at once (expected: at most " + rate.burst() + ", its burst)";
    }
    return what
        + "more than "
        + rate.perSecond()
        + " per second with a burst of "
        + rate.burst()
        + " (expected: the next in "
        + (TimeUnit.NANOSECONDS.toMillis(wait) + 1)
        + " ms)";
  }

  @Override
  public String toString() {
    return shown;
  }
}
