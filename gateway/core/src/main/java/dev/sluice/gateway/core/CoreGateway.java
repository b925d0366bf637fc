package dev.sluice.gateway.core;

import dev.sluice.gateway.core.GatewayMetrics.Counter;
import dev.sluice.gateway.core.spi.Cancellable;
import dev.sluice.gateway.core.spi.Loop;
import dev.sluice.lifecycle.BoundedCloseable;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.StagedClose;
import dev.sluice.lifecycle.Tally;
import dev.sluice.lifecycle.TimeoutScheduler;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Puts the parts together, and takes them apart in order. */
final class CoreGateway implements Gateway {

  private static final Duration SWEEP = Duration.ofSeconds(30);
  private static final Duration LOOK = Duration.ofMillis(5);

  private final Core core;
  private final Loop timerLoop;
  private final SharedUpstreams upstreams;
  private final CoalescingSendPath sends;
  private final Tally pendingAcks;
  private final Tally heldDeliveries;
  private final PerLoop<HoldLoop> holds;
  private final GroupPolls polls;
  private final SingleReceives receives;
  private final SealedAcks acks;
  private final SessionTable sessions;
  // A connection removes itself when it is closed.
  private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
  private final BoundedCloseable closing;
  private volatile Cancellable sweeping = Cancellable.NONE;
  private volatile boolean ended;
  private long producerLeaks;
  private long consumerLeaks;
  private long otherLeaks;

  CoreGateway(Parts parts) {
    this.core =
        new Core(
            parts.settings(),
            parts.loops(),
            parts.clock(),
            parts.ledger(),
            new GatewayMetrics(),
            parts.sealer(),
            parts.endpoints(),
            new SecureRandom().nextLong() | 1,
            new AtomicBoolean());
    this.timerLoop = core.loops().all().getFirst();
    TimeoutScheduler scheduler = this::scheduleTimeout;
    this.upstreams = new SharedUpstreams(core, parts.backends(), scheduler);
    this.sends = new CoalescingSendPath(core);
    this.pendingAcks = core.ledger().tally(ResourceKinds.PENDING_ACK, "acknowledgements");
    this.heldDeliveries = core.ledger().tally(ResourceKinds.HELD_DELIVERY, "receive path");
    var ackLoops = new PerLoop<>(core.loops(), (loop, index) -> new AckLoop(core, pendingAcks));
    this.holds =
        new PerLoop<>(
            core.loops(),
            (loop, index) -> new HoldLoop(core, loop, index, ackLoops.at(index), heldDeliveries));
    this.polls = new GroupPolls(core, holds);
    this.receives = new SingleReceives(core, holds);
    this.acks = new SealedAcks(core, ackLoops, holds);
    this.sessions = new SessionTable(core, upstreams, polls);
    this.closing =
        StagedClose.named("gateway")
            .clock(core.clock())
            .scheduler(scheduler)
            .action("stop accepting", () -> core.accepting().set(false))
            .stage("drain", Duration.ofSeconds(5), this::drain)
            .stage("hand back", Duration.ofSeconds(2), this::handBack)
            .stage("close upstreams", Duration.ofMillis(500), upstreams::closeAsync)
            .stage("free", this::free)
            .build();
  }

  private TimeoutScheduler.Timeout scheduleTimeout(Runnable task, Duration delay) {
    var decided = new AtomicBoolean();
    Cancellable timer =
        timerLoop.schedule(
            () -> {
              if (decided.compareAndSet(false, true)) {
                task.run();
              }
            },
            delay.isNegative() ? Duration.ZERO : delay);
    return () -> {
      boolean first = decided.compareAndSet(false, true);
      timer.cancel();
      return first;
    };
  }

  @Override
  public void start() {
    if (ended || !core.accepting().compareAndSet(false, true)) {
      throw new IllegalStateException("gateway: started before (expected: once)");
    }
    scheduleSweep();
  }

  private void scheduleSweep() {
    sweeping = timerLoop.schedule(this::sweep, SWEEP);
  }

  /** Finds and counts what was dropped unclosed. */
  private void sweep() {
    if (ended) {
      return;
    }
    core.ledger().sweep();
    var metrics = core.metrics();
    long producers = core.ledger().leaks(ResourceKinds.PRODUCER);
    long consumers = core.ledger().leaks(ResourceKinds.CONSUMER);
    long others =
        core.ledger().leaks(ResourceKinds.CONNECTION)
            + core.ledger().leaks(ResourceKinds.STREAM)
            + core.ledger().leaks(ResourceKinds.LEASE)
            + core.ledger().leaks(ResourceKinds.UPSTREAM);
    metrics.add(Counter.PRODUCER_LEAKS, producers - producerLeaks);
    metrics.add(Counter.CONSUMER_LEAKS, consumers - consumerLeaks);
    metrics.add(Counter.OTHER_LEAKS, others - otherLeaks);
    producerLeaks = producers;
    consumerLeaks = consumers;
    otherLeaks = others;
    scheduleSweep();
  }

  // The stages of closing.

  private CompletionStage<?> drain(Deadline deadline) {
    return once("sends under way: ", sends::pending, () -> sends.pending() == 0, deadline);
  }

  /**
   * Ends the streams, and then what waits for messages: in this order nothing is asked for anew.
   */
  private CompletionStage<?> handBack(Deadline deadline) {
    connections.forEach(Connection::close);
    BooleanSupplier quiet =
        () -> {
          if (core.metrics().value(Counter.ACTIVE_STREAMS) > 0) {
            return false;
          }
          polls.cancelAll();
          receives.cancelAll();
          return polls.isEmpty()
              && receives.isQuiet()
              && pendingAcks.value() == 0
              && holds.all().stream().allMatch(HoldLoop::isQuiet);
        };
    // What closing asked of other loops comes first there.
    return onEachLoop(part -> {})
        .thenCompose(all -> once("deliveries held: ", heldDeliveries::value, quiet, deadline));
  }

  private interface Amount {
    long value();
  }

  private CompletionStage<?> once(
      String what, Amount left, BooleanSupplier condition, Deadline deadline) {
    var reached = new CompletableFuture<Void>();
    timerLoop.execute(() -> look(reached, what, left, condition, deadline));
    return reached;
  }

  private void look(
      CompletableFuture<Void> reached,
      String what,
      Amount left,
      BooleanSupplier condition,
      Deadline deadline) {
    if (condition.getAsBoolean()) {
      reached.complete(null);
    } else if (deadline.isPast()) {
      reached.completeExceptionally(new IllegalStateException(what + left.value()));
    } else {
      var _ = timerLoop.schedule(() -> look(reached, what, left, condition, deadline), LOOK);
    }
  }

  private CompletionStage<?> free(Deadline deadline) {
    ended = true;
    sweeping.cancel();
    return onEachLoop(HoldLoop::close)
        .thenRun(
            () -> {
              sends.closeTally();
              pendingAcks.close();
              heldDeliveries.close();
            });
  }

  private CompletableFuture<Void> onEachLoop(Consumer<HoldLoop> task) {
    var ran = new CompletableFuture<?>[holds.size()];
    for (int i = 0; i < ran.length; i++) {
      HoldLoop part = holds.at(i);
      var one = new CompletableFuture<Void>();
      ran[i] = one;
      holds
          .loop(i)
          .execute(
              () -> {
                task.accept(part);
                one.complete(null);
              });
    }
    return CompletableFuture.allOf(ran);
  }

  @Override
  public CompletionStage<CloseReport> closeAsync(Deadline deadline) {
    return closing.closeAsync(deadline);
  }

  @Override
  public boolean accepting() {
    return core.accepting().get();
  }

  @Override
  public ConnectionScope openConnection(String peer) {
    var connection = new Connection(core, peer, connections::remove);
    connections.add(connection);
    return connection;
  }

  @Override
  public Sessions sessions() {
    return sessions;
  }

  @Override
  public SendPath sends() {
    return sends;
  }

  @Override
  public ReceivePath receives() {
    return receives;
  }

  @Override
  public AckPath acks() {
    return acks;
  }

  @Override
  public Upstreams upstreams() {
    return upstreams;
  }

  @Override
  public EndpointAllowList endpoints() {
    return core.endpoints();
  }

  @Override
  public GatewayMetrics metrics() {
    return core.metrics();
  }

  @Override
  public GatewaySettings settings() {
    return core.settings();
  }
}
