package dev.sluice.gateway.server;

import dev.sluice.gateway.core.Gateway;
import dev.sluice.gateway.frontend.proxy.HealthProbe;
import dev.sluice.gateway.spi.Cancellable;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.Credentials;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.Loop;
import dev.sluice.gateway.spi.UpstreamSpec;
import dev.sluice.gateway.upstreams.ActiveUpstream;
import dev.sluice.gateway.upstreams.UpstreamLease;
import dev.sluice.lifecycle.Clock;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.lifecycle.Tracked;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Whether the configured upstream answers: asked every few seconds, and sooner when somebody wants
 * to know and the last answer is old. One that refuses the question for want of credentials has
 * answered it. At most one question is under way. All of its state belongs to one loop; {@link
 * #health} may be called anywhere.
 */
final class UpstreamHealth implements HealthProbe {
  private static final Duration EVERY = Duration.ofSeconds(5);
  private static final Duration FRESH = Duration.ofSeconds(1);

  private final Gateway gateway;
  private final Credentials credentials;
  private final Loop loop;
  private final Clock clock;
  private final Ledger ledger;
  private final Consumer<Health> onChange;
  private final List<CompletableFuture<Health>> waiting = new ArrayList<>();
  private volatile Health last = new Health(false, "the upstream has not been asked yet");
  private long askedAt;
  private boolean asking;
  private boolean stopped;
  private @Nullable UpstreamLease lease;
  private @Nullable Cancellable timer;
  private @Nullable Tracked tracked;

  /**
   * Nothing is asked before {@link #start}.
   *
   * @param credentials the gateway's own
   * @param onChange told of each answer that differs from the one before, on the loop
   */
  UpstreamHealth(
      Gateway gateway,
      Credentials credentials,
      Loop loop,
      Clock clock,
      Ledger ledger,
      Consumer<Health> onChange) {
    this.gateway = gateway;
    this.credentials = credentials;
    this.loop = loop;
    this.clock = clock;
    this.ledger = ledger;
    this.onChange = onChange;
  }

  /** Starts asking; completes with the first answer. */
  CompletableFuture<Health> start() {
    CompletableFuture<Health> first = new CompletableFuture<>();
    loop.execute(
        () -> {
          var endpoint = gateway.endpoints().upstream();
          lease =
              gateway
                  .upstreams()
                  .lease(
                      endpoint.scheme(),
                      new UpstreamSpec(endpoint.address(), "", credentials),
                      UpstreamLease.Idle.PINNED,
                      "readiness");
          tracked = ledger.track("timer", "readiness", this);
          waiting.add(first);
          ask();
        });
    return first;
  }

  /** The last answer; never blocks. */
  @Override
  public Health health() {
    return last;
  }

  /** An answer that is at most a second old, as soon as there is one. */
  CompletableFuture<Health> fresh() {
    CompletableFuture<Health> answer = new CompletableFuture<>();
    loop.execute(
        () -> {
          if (stopped || (!asking && clock.nanoTime() - askedAt < FRESH.toNanos())) {
            answer.complete(last);
          } else {
            waiting.add(answer);
            ask();
          }
        });
    return answer;
  }

  /** Stops asking. Completes when the lease is given back. */
  CompletableFuture<?> stop() {
    CompletableFuture<?> done = new CompletableFuture<>();
    loop.execute(
        () -> {
          stopped = true;
          if (timer != null) {
            timer.cancel();
          }
          if (lease != null) {
            lease.close();
          }
          if (tracked != null) {
            tracked.close();
          }
          tell(new Health(false, "stopping"));
          done.complete(null);
        });
    return done;
  }

  private void ask() {
    UpstreamLease mine = lease;
    if (asking || stopped || mine == null) {
      return;
    }
    asking = true;
    if (timer != null) {
      timer.cancel();
    }
    mine.use(
        new Completion<>() {
          @Override
          public void done(ActiveUpstream active) {
            ping(active);
          }

          @Override
          public void failed(GatewayException failure) {
            answered(failure);
          }
        });
  }

  private void ping(ActiveUpstream active) {
    active
        .upstream()
        .ping(
            new Completion<>() {
              @Override
              public void done(@Nullable Void nothing) {
                answered(null);
              }

              @Override
              public void failed(GatewayException failure) {
                answered(failure);
              }
            });
  }

  private void answered(@Nullable GatewayException failure) {
    asking = false;
    if (stopped) {
      return;
    }
    askedAt = clock.nanoTime();
    answer(failure == null ? new Health(true, "the upstream answers") : afterFailure(failure));
    timer = loop.schedule(this::ask, EVERY);
  }

  /** One that asks who is there is there itself, and callers bring what the gateway has not. */
  private static Health afterFailure(GatewayException failure) {
    return switch (failure.category()) {
      case UNAUTHENTICATED, PERMISSION_DENIED ->
          new Health(true, "the upstream answers, and asks for credentials, which callers bring");
      case INVALID_ARGUMENT,
          NOT_FOUND,
          FAILED_PRECONDITION,
          OVERLOADED,
          UNAVAILABLE,
          TIMEOUT,
          UNKNOWN_OUTCOME,
          CANCELLED,
          UNSUPPORTED,
          INTERNAL ->
          new Health(false, failure.getMessage());
    };
  }

  private void answer(Health health) {
    if (!health.equals(last)) {
      onChange.accept(health);
    }
    tell(health);
  }

  private void tell(Health health) {
    last = health;
    List<CompletableFuture<Health>> all = List.copyOf(waiting);
    waiting.clear();
    // Elsewhere, since whoever waits may do anything.
    all.forEach(each -> each.completeAsync(() -> health));
  }
}
