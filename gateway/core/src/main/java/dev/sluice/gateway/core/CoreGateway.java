package dev.sluice.gateway.core;

import dev.sluice.gateway.deliveries.AckPath;
import dev.sluice.gateway.deliveries.Deliveries;
import dev.sluice.gateway.deliveries.PullPath;
import dev.sluice.gateway.deliveries.ReceivePath;
import dev.sluice.gateway.spi.Cancellable;
import dev.sluice.gateway.spi.Loop;
import dev.sluice.gateway.upstreams.ConnectionScope;
import dev.sluice.gateway.upstreams.EndpointAllowList;
import dev.sluice.gateway.upstreams.GatewayMetrics;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.gateway.upstreams.GatewaySettings;
import dev.sluice.gateway.upstreams.Instance;
import dev.sluice.gateway.upstreams.PeerAnswers;
import dev.sluice.gateway.upstreams.Quota;
import dev.sluice.gateway.upstreams.SharedUpstreams;
import dev.sluice.gateway.upstreams.Upstreams;
import dev.sluice.lifecycle.BoundedCloseable;
import dev.sluice.lifecycle.Clock;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Reclaim;
import dev.sluice.lifecycle.StagedClose;
import dev.sluice.lifecycle.TimeoutScheduler;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts the parts together, and takes them apart in order. */
final class CoreGateway implements Gateway {

  private static final Logger LOG = LoggerFactory.getLogger(CoreGateway.class);

  /** The sweep lets others have the loop after so many. */
  private static final int ENTRIES_AT_ONCE = 500;

  private static final Duration LOOK = Duration.ofMillis(5);

  private final Instance instance;
  private final Loop timerLoop;
  private final SharedUpstreams upstreams;
  private final Transactions transactions;
  private final CoalescingSendPath sends;
  private final Deliveries deliveries;
  private final SessionTable sessions;
  // A connection removes itself when it is closed.
  private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
  private final BoundedCloseable closing;
  private volatile Cancellable sweeping = Cancellable.NONE;
  private volatile boolean ended;

  CoreGateway(Parts parts) {
    this.instance =
        new Instance(
            parts.settings(),
            parts.loops(),
            parts.clock(),
            parts.ledger(),
            parts.metrics(),
            parts.sealer(),
            parts.endpoints(),
            parts.peers(),
            new AtomicBoolean());
    this.timerLoop = instance.loops().all().getFirst();
    TimeoutScheduler scheduler = this::scheduleTimeout;
    this.transactions = new Transactions(instance);
    this.deliveries = new Deliveries(instance);
    this.upstreams =
        new SharedUpstreams(
            instance, parts.backends(), transactions::asked, deliveries::membersChanged, scheduler);
    this.sends = new CoalescingSendPath(instance);
    this.sessions = new SessionTable(instance, upstreams, deliveries, transactions);
    this.closing =
        StagedClose.named("gateway")
            .clock(instance.clock())
            .scheduler(scheduler)
            .action("stop accepting", () -> instance.accepting().set(false))
            .stage("drain", 0.8, this::drain)
            .stage("close upstreams", upstreams::closeAsync)
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
    if (ended || !instance.accepting().compareAndSet(false, true)) {
      throw new IllegalStateException("gateway: started before (expected: once)");
    }
    scheduleSweep();
  }

  private void scheduleSweep() {
    sweeping = timerLoop.schedule(this::sweep, instance.settings().sweepInterval());
  }

  /** Finds what was dropped unclosed or outlived its connection, which the ledger counts. */
  private void sweep() {
    if (!ended) {
      instance.ledger().sweep();
      sweepOn(instance.ledger().reclaim());
    }
  }

  private void sweepOn(Reclaim look) {
    if (ended) {
      return;
    }
    if (look.step(ENTRIES_AT_ONCE)) {
      timerLoop.execute(() -> sweepOn(look));
      return;
    }
    if (look.found() > 0) {
      LOG.warn(
          "{} sessions or streams outlived what they belong to, and were released", look.found());
    }
    scheduleSweep();
  }

  // The stages of closing.

  /**
   * Ends the streams, which hands back what they hold, then what waits for messages, so that
   * nothing is asked for anew; waits for that and for the sends under way.
   */
  private CompletionStage<?> drain(Deadline deadline) {
    connections.forEach(Connection::close);
    var drained = new CompletableFuture<Void>();
    // What closing asked of other loops comes first there.
    return deliveries
        .caughtUp()
        .thenCompose(
            all -> {
              timerLoop.execute(() -> look(drained, deadline));
              return drained;
            });
  }

  private void look(CompletableFuture<Void> drained, Deadline deadline) {
    if (isDrained()) {
      drained.complete(null);
    } else if (deadline.isPast()) {
      drained.completeExceptionally(
          new IllegalStateException(
              "under way: %d sends, %d transactions, %d deliveries held"
                  .formatted(sends.pending(), transactions.pending(), deliveries.held())));
    } else {
      var _ = timerLoop.schedule(() -> look(drained, deadline), LOOK);
    }
  }

  private boolean isDrained() {
    if (instance.metrics().value(Counter.ACTIVE_STREAMS) > 0) {
      return false;
    }
    deliveries.endReceives();
    return deliveries.isQuiet() && sends.pending() == 0 && transactions.pending() == 0;
  }

  private CompletionStage<?> free(Deadline deadline) {
    ended = true;
    sweeping.cancel();
    transactions.close();
    return deliveries.close().thenRun(sends::closeTally);
  }

  @Override
  public CompletionStage<CloseReport> closeAsync(Deadline deadline) {
    return closing.closeAsync(deadline);
  }

  @Override
  public boolean accepting() {
    return instance.accepting().get();
  }

  @Override
  public ConnectionScope openConnection(String peer, Quota sessions) {
    var connection = new Connection(instance, peer, sessions, connections::remove);
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
  public TransactionPath transactions() {
    return transactions;
  }

  @Override
  public ReceivePath receives() {
    return deliveries.receives();
  }

  @Override
  public PullPath pulls() {
    return deliveries.pulls();
  }

  @Override
  public AckPath acks() {
    return deliveries.acks();
  }

  @Override
  public PeerAnswers answers() {
    return deliveries;
  }

  @Override
  public Upstreams upstreams() {
    return upstreams;
  }

  @Override
  public EndpointAllowList endpoints() {
    return instance.endpoints();
  }

  @Override
  public GatewayMetrics metrics() {
    return instance.metrics();
  }

  @Override
  public Clock clock() {
    return instance.clock();
  }

  @Override
  public GatewaySettings settings() {
    return instance.settings();
  }
}
