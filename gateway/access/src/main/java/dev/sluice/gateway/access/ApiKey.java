package dev.sluice.gateway.access;

import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.upstreams.Caller;
import dev.sluice.gateway.upstreams.Quota;
import dev.sluice.lifecycle.Clock;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A key that lets its holder in, under a name that it may share with a key that follows it. What
 * the name may have is counted for all of its keys together. Does not know the key itself, and
 * shows the name alone.
 */
final class ApiKey implements Caller {

  /** What is counted for one name. */
  static final class Account {
    private final String name;
    private final Clock clock;
    private final Quota sessions;
    private final Quota streams;
    private volatile @Nullable RateLimit rate;

    Account(ApiKeyEntry entry, Clock clock) {
      this.name = entry.name();
      this.clock = clock;
      this.sessions = Quota.of("sessions of API key " + name, entry.sessions(), "its sessions");
      this.streams = Quota.of("streams of API key " + name, entry.streams(), "its streams");
      change(entry);
    }

    /** Other bounds from now on; what is open stays open. One change at a time. */
    void change(ApiKeyEntry entry) {
      sessions.change(entry.sessions());
      streams.change(entry.streams());
      Optional<RateLimit.Rate> bounds = entry.rate();
      RateLimit before = rate;
      if (bounds.isEmpty()) {
        rate = null;
      } else if (before == null) {
        rate = new RateLimit(bounds.get(), clock);
      } else {
        before.change(bounds.get());
      }
    }
  }

  private final Account account;

  ApiKey(Account account) {
    this.account = account;
  }

  Account account() {
    return account;
  }

  @Override
  public String name() {
    return account.name;
  }

  @Override
  public Quota sessions() {
    return account.sessions;
  }

  @Override
  public Quota streams() {
    return account.streams;
  }

  @Override
  public void charge(int requests) {
    RateLimit limit = account.rate;
    if (limit == null || requests <= 0) {
      return;
    }
    long wait = limit.take(requests);
    if (wait > 0) {
      throw GatewayException.overloaded(refusal(limit.rate(), requests, wait));
    }
  }

  private String refusal(RateLimit.Rate rate, int requests, long wait) {
    String what = "requests of API key " + name() + ": ";
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
    return "ApiKey[" + name() + "]";
  }
}
