package dev.sluice.gateway.upstreams;

import dev.sluice.gateway.spi.Backend;
import dev.sluice.gateway.spi.Completion;
import dev.sluice.gateway.spi.ConsumerGroup;
import dev.sluice.gateway.spi.GatewayException;
import dev.sluice.gateway.spi.Loop;
import dev.sluice.gateway.spi.MemberInquiries;
import dev.sluice.gateway.spi.OutboundMessage;
import dev.sluice.gateway.spi.Subscription;
import dev.sluice.gateway.spi.TransactionCheck;
import dev.sluice.gateway.spi.Upstream;
import dev.sluice.gateway.spi.UpstreamSpec;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Tracked;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One shared upstream: started by its first use, closed when unused, started anew by the next use.
 * Its state belongs to one loop; only {@link #current} and the counts are read elsewhere.
 */
public final class SharedUpstream {

  static final Duration CLOSE_TIME = Duration.ofSeconds(10);

  private final Instance instance;
  private final UpstreamKey key;
  private final UpstreamSpec spec;
  private final Endpoint endpoint;
  private final long endpointHash;
  private final Backend backend;
  private final Loop owner;
  private final CheckListener checks;
  private final MembersListener members;
  private final Runnable unused;
  private final Claims claims = new Claims();
  private final PreparedSubscriptions subscriptions = new PreparedSubscriptions(this);
  private final KnownGroups groups;
  private final IdleWatch idleness;
  private final CompletableFuture<List<CloseReport>> ended = new CompletableFuture<>();
  private final AnsweredInquiries inquiries = new AnsweredInquiries();
  private volatile @Nullable ActiveUpstream current;
  private UpstreamState state = new UpstreamState.Closed();

  /**
   * Makes one that is closed.
   *
   * @param checks hears of transactions that the message system asks for
   * @param members hears of groups whose members change
   * @param unused called on its loop when nobody has a lease or it was closed
   */
  SharedUpstream(
      Instance instance,
      UpstreamKey key,
      UpstreamSpec spec,
      Backend backend,
      CheckListener checks,
      MembersListener members,
      Runnable unused) {
    this.instance = instance;
    this.checks = checks;
    this.members = members;
    this.key = key;
    this.spec = spec;
    this.endpoint = new Endpoint(key.scheme(), spec.endpoint());
    this.endpointHash = Digests.hash(instance.endpoints().portable(endpoint));
    this.backend = backend;
    this.owner = instance.loops().owner(key);
    this.unused = unused;
    this.groups = new KnownGroups(this, instance);
    this.idleness =
        new IdleWatch(
            owner,
            () -> claims.idleTime(instance.settings().upstream()),
            claims::pinned,
            new Watched());
  }

  /** Hears of transactions that message systems ask for. */
  @FunctionalInterface
  public interface CheckListener {

    /** As {@link dev.sluice.gateway.spi.CheckListener#asked}; the upstream is open meanwhile. */
    void asked(SharedUpstream upstream, TransactionCheck check);
  }

  /** Hears of groups whose members change. */
  @FunctionalInterface
  public interface MembersListener {

    /** As {@link dev.sluice.gateway.spi.MembersListener#changed}. */
    void changed(SharedUpstream upstream, String group);
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
    claims.add(idle);
  }

  void release(UpstreamLease.Idle idle) {
    if (claims.remove(idle)) {
      OnLoop.run(owner, unused);
    }
  }

  /** Whether it is open, and producers have a claim to it; no use of it. */
  boolean isOpenForProducers() {
    return current != null && claims.ofProducers();
  }

  /** Keeps it open while something is under way; ended by {@link #unpin}. */
  public void pin() {
    claims.pin();
  }

  /** Ends what {@link #pin} began. */
  public void unpin() {
    idleness.markUsed();
    if (claims.unpin() && current == null) {
      OnLoop.run(owner, unused);
    }
  }

  /** Counts as a use. The mark is set before the read: see {@link IdleWatch#markUsed}. */
  public @Nullable ActiveUpstream current() {
    idleness.markUsed();
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

  /** Refuses what no send could store; see {@link Backend#check}. */
  public void check(OutboundMessage message) {
    backend.check(message);
  }

  /** Makes a call, having started the upstream where needed, and keeps it open meanwhile. */
  public <T> void call(Call<T> call, Completion<T> completion) {
    PinnedCall.make(this, call, completion);
  }

  /** Prepares a subscription unless that was done since the upstream started. */
  public void subscribeOnce(Subscription subscription, Completion<Void> completion) {
    subscriptions.prepare(subscription, completion);
  }

  /** As {@link UpstreamLease#group}. */
  void group(String group, Completion<ConsumerGroup> completion) {
    groups.get(group, completion);
  }

  /** As {@link UpstreamLease#answer}. */
  void answer(MemberInquiries answers) {
    inquiries.by(answers);
  }

  private void acquire(Completion<ActiveUpstream> waiter) {
    switch (state) {
      case UpstreamState.Closed _ -> start(new ArrayList<>(List.of(waiter)));
      case UpstreamState.Starting starting -> starting.waiters.add(waiter);
      case UpstreamState.Open open -> {
        current = open.active;
        waiter.done(open.active);
      }
      case UpstreamState.Closing closing -> {
        if (closing.forGood) {
          waiter.failed(closed(endpoint));
        } else {
          // Started anew only when the old one is gone: systems may know both by one name.
          closing.waiters.add(waiter);
        }
      }
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
      nowClosed();
      failAll(waiters, e);
      return;
    }
    Tracked tracked = instance.ledger().track(ResourceKinds.UPSTREAM, key.toString(), upstream);
    upstream.onCheck(check -> checks.asked(this, check));
    upstream.onMembers(group -> members.changed(this, group));
    upstream.onInquiry(inquiries);
    var starting = new Starting(upstream, tracked, waiters);
    state = starting.state;
    starting.start.begin(owner, instance.settings().upstream().startTimeout());
  }

  /** A start under way; called on its loop. */
  private final class Starting implements TimedStart.Outcome {
    private final TimedStart start;
    private final UpstreamState.Starting state;

    Starting(Upstream upstream, Tracked tracked, List<Completion<ActiveUpstream>> waiters) {
      this.start = new TimedStart(upstream, this);
      this.state = new UpstreamState.Starting(upstream, tracked, start, waiters);
    }

    @Override
    public void started(ActiveUpstream active) {
      instance.metrics().increment(Counter.UPSTREAM_OPENS);
      instance.metrics().increment(Counter.ACTIVE_UPSTREAMS);
      subscriptions.clear();
      SharedUpstream.this.state = new UpstreamState.Open(active, state.tracked);
      current = active;
      idleness.begin();
      state.waiters.forEach(waiter -> waiter.done(active));
    }

    @Override
    public void failed(GatewayException failure) {
      instance.metrics().increment(Counter.UPSTREAM_START_FAILURES);
      state.tracked.close();
      nowClosed();
      failAll(state.waiters, failure);
    }

    @Override
    public void timedOut() {
      instance.metrics().increment(Counter.UPSTREAM_START_FAILURES);
      Deadline deadline = Deadline.after(CLOSE_TIME, instance.clock());
      closeNow(state.upstream, state.tracked, deadline, new UpstreamState.Closing(false), false);
      String limit = Checks.text(instance.settings().upstream().startTimeout());
      var failure =
          GatewayException.unavailable(
              "upstream: " + endpoint + " did not start within " + limit, null);
      failAll(state.waiters, failure);
    }
  }

  /** Its idleness; called on its loop. */
  private final class Watched implements IdleWatch.Watched {
    @Override
    public void handOut(boolean toUsers) {
      current = toUsers && state instanceof UpstreamState.Open open ? open.active : null;
    }

    @Override
    public void closeUnused() {
      if (state instanceof UpstreamState.Open open) {
        Deadline deadline = Deadline.after(CLOSE_TIME, instance.clock());
        closeOpen(open, deadline, new UpstreamState.Closing(false));
      }
    }
  }

  private void closeOpen(UpstreamState.Open open, Deadline deadline, UpstreamState.Closing next) {
    closeNow(open.active.upstream(), open.tracked, deadline, next, true);
  }

  private void closeNow(
      Upstream upstream,
      Tracked tracked,
      Deadline deadline,
      UpstreamState.Closing closing,
      boolean wasOpen) {
    idleness.end();
    current = null;
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
    if (closing.forGood) {
      state = new UpstreamState.Ended();
      ended.complete(reports);
      unused.run();
    } else if (closing.waiters.isEmpty()) {
      nowClosed();
    } else {
      start(closing.waiters);
    }
  }

  private void nowClosed() {
    state = new UpstreamState.Closed();
    unused.run();
  }

  private static void failAll(List<Completion<ActiveUpstream>> waiters, GatewayException failure) {
    waiters.forEach(waiter -> waiter.failed(failure));
  }

  /**
   * Ends it if nobody has a lease and nothing is open, so that it may be forgotten: whoever still
   * refers to it can start nothing that has no owner. Called on its loop, under the lock of the
   * map's entry; where true, {@link #forgotten} follows without it.
   */
  boolean endIfUnused() {
    if (claims.any()) {
      return false;
    }
    if (state instanceof UpstreamState.Closed) {
      state = new UpstreamState.Ended();
    }
    return state instanceof UpstreamState.Ended;
  }

  /** Tells whoever waits for its end. */
  void forgotten() {
    ended.complete(List.of());
  }

  /** Closes it for ever. */
  CompletionStage<List<CloseReport>> end(Deadline deadline) {
    OnLoop.run(owner, () -> endNow(deadline));
    return ended;
  }

  private void endNow(Deadline deadline) {
    GatewayException failure = closed(endpoint);
    switch (state) {
      case UpstreamState.Closed _ -> {
        state = new UpstreamState.Ended();
        ended.complete(List.of());
      }
      case UpstreamState.Starting starting -> {
        starting.start.giveUp();
        var closing = new UpstreamState.Closing(true);
        closeNow(starting.upstream, starting.tracked, deadline, closing, false);
        failAll(starting.waiters, failure);
      }
      case UpstreamState.Open open -> closeOpen(open, deadline, new UpstreamState.Closing(true));
      case UpstreamState.Closing closing -> {
        closing.forGood = true;
        failAll(closing.waiters, failure);
      }
      case UpstreamState.Ended _ -> {}
    }
  }

  @Override
  public String toString() {
    return key.toString();
  }
}
