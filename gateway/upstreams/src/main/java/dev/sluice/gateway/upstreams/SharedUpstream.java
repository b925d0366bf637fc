package dev.sluice.gateway.upstreams;

import dev.sluice.gateway.spi.Backend;
import dev.sluice.gateway.spi.Cancellable;
import dev.sluice.gateway.spi.Capabilities;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.Loop;
import dev.sluice.gateway.spi.Subscription;
import dev.sluice.gateway.spi.Upstream;
import dev.sluice.gateway.spi.UpstreamSpec;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Tracked;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One shared upstream: started by its first use, closed when unused, started anew by the next use.
 * Its state belongs to one loop; only {@link #current} and the counts are read elsewhere.
 */
public final class SharedUpstream {

  /** Idleness is looked at so many times in an idle time. */
  private static final int LOOKS = 4;

  private static final int MAX_SUBSCRIPTIONS = 10_000;

  /** How long after an upstream stopped being handed out it is closed, if nobody came back. */
  private static final Duration GRACE = Duration.ofSeconds(1);

  static final Duration CLOSE_TIME = Duration.ofSeconds(10);

  private final Instance instance;
  private final UpstreamKey key;
  private final UpstreamSpec spec;
  private final Endpoint endpoint;
  private final long endpointHash;
  private final Backend backend;
  private final Loop owner;
  private final Runnable unused;
  private final AtomicInteger producers = new AtomicInteger();
  private final AtomicInteger consumers = new AtomicInteger();
  private final AtomicInteger pins = new AtomicInteger();
  private final CompletableFuture<List<CloseReport>> ended = new CompletableFuture<>();
  private volatile UpstreamLease.Idle lastIdle = UpstreamLease.Idle.PRODUCER;
  // Emptied when full: preparing one again is harmless.
  private final Set<Subscription> subscriptions = ConcurrentHashMap.newKeySet();
  private volatile @Nullable ActiveUpstream current;
  private volatile boolean used;
  private UpstreamState state = new UpstreamState.Closed();
  private Cancellable timer = Cancellable.NONE;
  private int idleLooks;

  /**
   * Makes one that is closed.
   *
   * @param unused called on its loop when nobody has a lease or it was closed
   */
  SharedUpstream(
      Instance instance, UpstreamKey key, UpstreamSpec spec, Backend backend, Runnable unused) {
    this.instance = instance;
    this.key = key;
    this.spec = spec;
    this.endpoint = new Endpoint(key.scheme(), spec.endpoint());
    this.endpointHash = Digests.hash(instance.endpoints().portable(endpoint));
    this.backend = backend;
    this.owner = instance.loops().owner(key);
    this.unused = unused;
  }

  /** What the lease is a claim to. */
  public static SharedUpstream of(UpstreamLease lease) {
    return switch (lease) {
      case Lease claim -> claim.shared();
    };
  }

  UpstreamSpec spec() {
    return spec;
  }

  /** Where it leads. */
  public Endpoint endpoint() {
    return endpoint;
  }

  /** Stands for the endpoint in tokens; the same on every instance. */
  public long endpointHash() {
    return endpointHash;
  }

  /**
   * Counts a lease; under the lock of the map's entry, so that it cannot be forgotten meanwhile.
   */
  void retain(UpstreamLease.Idle idle) {
    count(idle).incrementAndGet();
  }

  void release(UpstreamLease.Idle idle) {
    lastIdle = idle;
    if (count(idle).decrementAndGet() == 0 && !leased()) {
      OnLoop.run(owner, unused);
    }
  }

  private AtomicInteger count(UpstreamLease.Idle idle) {
    return switch (idle) {
      case PRODUCER -> producers;
      case CONSUMER -> consumers;
      case PINNED -> pins;
    };
  }

  /** Keeps it open while something is under way; ended by {@link #unpin}. */
  public void pin() {
    pins.incrementAndGet();
  }

  /** Ends what {@link #pin} began. */
  public void unpin() {
    used = true;
    if (pins.decrementAndGet() == 0 && current == null && !leased()) {
      OnLoop.run(owner, unused);
    }
  }

  boolean leased() {
    return producers.get() + consumers.get() + pins.get() > 0;
  }

  /** Counts as a use. The mark is set before the read: see {@link #closeUnlessUsed}. */
  public @Nullable ActiveUpstream current() {
    if (!used) {
      used = true;
    }
    return current;
  }

  /** As {@link UpstreamLease#use}. */
  public void use(Completion<ActiveUpstream> completion) {
    ActiveUpstream active = current();
    if (active != null) {
      completion.done(active);
      return;
    }
    var waiter = new OnLoop<>(instance.loops().current(), completion);
    OnLoop.run(owner, () -> acquire(waiter));
  }

  /** A call of the upstream. */
  @FunctionalInterface
  public interface Call<T> {
    /** Makes it, and has the completion end it. */
    void on(Upstream upstream, Completion<T> completion);
  }

  /** Makes a call, having started the upstream where needed, and keeps it open meanwhile. */
  public <T> void call(Call<T> call, Completion<T> completion) {
    pin();
    var pinned = new PinnedCall<>(this, completion);
    ActiveUpstream active = current();
    if (active != null) {
      call.on(active.upstream(), pinned);
      return;
    }
    use(
        new Completion<>() {
          @Override
          public void done(ActiveUpstream started) {
            call.on(started.upstream(), pinned);
          }

          @Override
          public void failed(GatewayException failure) {
            pinned.failed(failure);
          }
        });
  }

  /** Prepares a subscription unless that was done since the upstream started. */
  public void subscribeOnce(Subscription subscription, Completion<Void> completion) {
    if (current() != null && subscriptions.contains(subscription)) {
      Completion.succeed(completion);
      return;
    }
    call(
        (upstream, done) -> upstream.subscribe(subscription, done),
        new Completion<Void>() {
          @Override
          public void done(Void nothing) {
            if (subscriptions.size() >= MAX_SUBSCRIPTIONS) {
              subscriptions.clear();
            }
            subscriptions.add(subscription);
            Completion.succeed(completion);
          }

          @Override
          public void failed(GatewayException failure) {
            completion.failed(failure);
          }
        });
  }

  private void acquire(Completion<ActiveUpstream> waiter) {
    switch (state) {
      case UpstreamState.Closed _ -> start(new ArrayList<>(List.of(waiter)));
      case UpstreamState.Starting starting -> starting.waiters.add(waiter);
      case UpstreamState.Open open -> {
        current = open.active;
        waiter.done(open.active);
      }
      // Started anew only when the old one is gone: message systems may know both by one name.
      case UpstreamState.Closing closing -> closing.waiters.add(waiter);
      case UpstreamState.Ended _ -> waiter.failed(closed(endpoint));
    }
  }

  /** What is told of one that is closed for ever. */
  public static GatewayException closed(Endpoint endpoint) {
    return GatewayException.unavailable("upstream: " + endpoint + " is closed", null);
  }

  private void start(List<Completion<ActiveUpstream>> waiters) {
    Upstream upstream;
    try {
      upstream = backend.connect(spec);
    } catch (GatewayException e) {
      settle(List.of());
      waiters.forEach(waiter -> waiter.failed(e));
      return;
    }
    Tracked tracked = instance.ledger().track(ResourceKinds.UPSTREAM, key.toString(), upstream);
    var starting = new UpstreamState.Starting(upstream, tracked, waiters);
    state = starting;
    Duration limit = instance.settings().upstream().startTimeout();
    timer = owner.schedule(() -> startTimedOut(starting), limit);
    upstream.start(
        new Completion<>() {
          @Override
          public void done(Capabilities capabilities) {
            started(starting, new ActiveUpstream(upstream, capabilities));
          }

          @Override
          public void failed(GatewayException failure) {
            startFailed(starting, failure);
          }
        });
  }

  private void started(UpstreamState.Starting starting, ActiveUpstream active) {
    if (state != starting) {
      // Given up; whoever gave up closes it.
      return;
    }
    timer.cancel();
    instance.metrics().increment(Counter.UPSTREAM_OPENS);
    instance.metrics().increment(Counter.ACTIVE_UPSTREAMS);
    subscriptions.clear();
    state = new UpstreamState.Open(active, starting.tracked);
    used = true;
    idleLooks = 0;
    current = active;
    scheduleLook();
    starting.waiters.forEach(waiter -> waiter.done(active));
  }

  private void startFailed(UpstreamState.Starting starting, GatewayException failure) {
    if (state != starting) {
      return;
    }
    timer.cancel();
    instance.metrics().increment(Counter.UPSTREAM_START_FAILURES);
    starting.tracked.close();
    settle(List.of());
    starting.waiters.forEach(waiter -> waiter.failed(failure));
  }

  private void startTimedOut(UpstreamState.Starting starting) {
    if (state != starting) {
      return;
    }
    instance.metrics().increment(Counter.UPSTREAM_START_FAILURES);
    closeNow(
        starting.upstream, starting.tracked, Deadline.after(CLOSE_TIME, instance.clock()), false);
    var failure =
        GatewayException.unavailable(
            "upstream: "
                + endpoint
                + " did not start within "
                + Checks.text(instance.settings().upstream().startTimeout()),
            null);
    starting.waiters.forEach(waiter -> waiter.failed(failure));
  }

  private Duration idleTime() {
    UpstreamLease.Idle decides = lastIdle;
    if (consumers.get() > 0) {
      decides = UpstreamLease.Idle.CONSUMER;
    } else if (producers.get() > 0) {
      decides = UpstreamLease.Idle.PRODUCER;
    }
    var settings = instance.settings().upstream();
    return decides == UpstreamLease.Idle.PRODUCER
        ? settings.producerIdle()
        : settings.consumerIdle();
  }

  private void scheduleLook() {
    timer = owner.schedule(this::look, idleTime().dividedBy(LOOKS));
  }

  private void look() {
    if (!(state instanceof UpstreamState.Open open)) {
      return;
    }
    if (used || pins.get() > 0) {
      used = false;
      idleLooks = 0;
      // Also where it was about to be closed.
      current = open.active;
      scheduleLook();
    } else if (++idleLooks < LOOKS) {
      scheduleLook();
    } else {
      current = null;
      timer = owner.schedule(() -> closeUnlessUsed(open), GRACE);
    }
  }

  /**
   * Users mark before they read {@link #current}, so whoever read it before it was taken away is
   * seen here.
   */
  private void closeUnlessUsed(UpstreamState.Open open) {
    if (state != open) {
      return;
    }
    if (used || pins.get() > 0) {
      look();
    } else {
      closeNow(
          open.active.upstream(), open.tracked, Deadline.after(CLOSE_TIME, instance.clock()), true);
    }
  }

  private void closeNow(Upstream upstream, Tracked tracked, Deadline deadline, boolean wasOpen) {
    timer.cancel();
    current = null;
    var closing = new UpstreamState.Closing();
    state = closing;
    upstream
        .closeAsync(deadline)
        .whenComplete(
            (report, failure) ->
                OnLoop.run(
                    owner,
                    () -> {
                      tracked.close();
                      if (wasOpen) {
                        instance.metrics().increment(Counter.UPSTREAM_CLOSES);
                        instance.metrics().decrement(Counter.ACTIVE_UPSTREAMS);
                      }
                      closedNow(closing, report == null ? List.of() : List.of(report));
                    }));
  }

  private void closedNow(UpstreamState.Closing closing, List<CloseReport> reports) {
    if (closing.waiters.isEmpty() || state instanceof UpstreamState.Ended) {
      settle(reports);
      closing.waiters.forEach(waiter -> waiter.failed(closed(endpoint)));
    } else {
      start(closing.waiters);
    }
  }

  private void settle(List<CloseReport> reports) {
    if (state instanceof UpstreamState.Ended) {
      ended.complete(reports);
    } else {
      state = new UpstreamState.Closed();
    }
    unused.run();
  }

  /**
   * Ends it if nobody has a lease and nothing is open, so that it may be forgotten: whoever still
   * refers to it can start nothing that has no owner. Called on its loop.
   */
  boolean endIfUnused() {
    if (leased()
        || !(state instanceof UpstreamState.Closed || state instanceof UpstreamState.Ended)) {
      return false;
    }
    state = new UpstreamState.Ended();
    ended.complete(List.of());
    return true;
  }

  /** Closes it for ever. */
  CompletionStage<List<CloseReport>> end(Deadline deadline) {
    OnLoop.run(owner, () -> endNow(deadline));
    return ended;
  }

  private void endNow(Deadline deadline) {
    UpstreamState before = state;
    switch (before) {
      case UpstreamState.Closed _ -> {
        state = new UpstreamState.Ended();
        ended.complete(List.of());
      }
      case UpstreamState.Starting starting -> {
        closeNow(starting.upstream, starting.tracked, deadline, false);
        starting.waiters.forEach(waiter -> waiter.failed(closed(endpoint)));
        endWhenClosed();
      }
      case UpstreamState.Open open -> {
        closeNow(open.active.upstream(), open.tracked, deadline, true);
        endWhenClosed();
      }
      case UpstreamState.Closing _ -> endWhenClosed();
      case UpstreamState.Ended _ -> {}
    }
  }

  private void endWhenClosed() {
    if (state instanceof UpstreamState.Closing closing) {
      var waiters = List.copyOf(closing.waiters);
      closing.waiters.clear();
      waiters.forEach(waiter -> waiter.failed(closed(endpoint)));
      state = new UpstreamState.Ended();
    } else if (state instanceof UpstreamState.Closed) {
      state = new UpstreamState.Ended();
      ended.complete(List.of());
    }
  }

  @Override
  public String toString() {
    return key.toString();
  }
}
