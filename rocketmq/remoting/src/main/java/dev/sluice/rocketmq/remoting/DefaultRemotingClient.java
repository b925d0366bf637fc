package dev.sluice.rocketmq.remoting;

import dev.sluice.lifecycle.BoundedCloseable;
import dev.sluice.lifecycle.Clock;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.lifecycle.StagedClose;
import dev.sluice.lifecycle.Tally;
import dev.sluice.rocketmq.wire.FrameEncoder;
import dev.sluice.rocketmq.wire.FrameLimits;
import dev.sluice.rocketmq.wire.HeaderForm;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslContext;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Wires the parts of the client together, and closes them in order. */
final class DefaultRemotingClient implements RemotingClient {
  private static final int MAX_HEADER_BYTES = 256 << 10;
  private static final int MAX_FIELDS = 512;

  private final RemotingOptions options;
  private final EventLoops loops;
  private final Ledger ledger;
  private final Clock clock;
  private final Processors processors = new Processors();
  private final NameServerAddresses nameServerAddresses;
  private final @Nullable AddressServer addressServer;
  private final CallRouter remoting;
  private final RouteCache routes;
  private final Sending sending;
  private final Popping popping;
  private final Transactions transactions;
  private final Offsets offsets;
  private final Pulling pulling;
  private final Consuming consuming;
  private final Administration administration;
  private final Heartbeats heartbeats;
  private final LiteSubscriptions lites;
  private final BoundedCloseable closing;
  private LoopCore[] cores = {};
  private @Nullable Tally pendingCalls;
  private @Nullable Upkeep upkeep;
  private boolean started;

  DefaultRemotingClient(RemotingOptions options, EventLoops loops, Ledger ledger, Clock clock) {
    this.options = options;
    this.loops = loops;
    this.ledger = ledger;
    this.clock = clock;
    this.remoting = new CallRouter(loops, processors);
    this.nameServerAddresses = new NameServerAddresses(options.nameServers());
    NameServerDomain domain = options.nameServerDomain();
    this.addressServer =
        domain == null
            ? null
            : new AddressServer(domain, nameServerAddresses, ledger, clock, options.clientId());
    NameServers nameServers = new NameServers(nameServerAddresses, options, remoting);
    this.routes = new RouteCache(options, nameServers, remoting, clock);
    this.sending =
        new SendCalls(remoting, new BrokerVersions(remoting, clock), options.vipChannel());
    NamedBrokers brokers = new NamedBrokers(routes, remoting);
    this.popping = new PopCalls(routes, remoting, brokers, options);
    this.transactions = new TransactionCalls(brokers, remoting);
    this.lites = new LiteCalls(routes, remoting, options);
    this.offsets = new OffsetCalls(remoting, options);
    this.pulling = new PullCalls(remoting, options);
    this.consuming = new ConsumingCalls(remoting, options);
    AdminCalls admin = new AdminCalls(nameServers, routes, remoting, options);
    this.administration = admin;
    this.heartbeats = new Heartbeats(admin, remoting, options, clock);
    this.closing =
        StagedClose.named("RocketMQ client " + options.clientId())
            .clock(clock)
            .action("refuse calls", remoting::refuse)
            .action("stop upkeep", this::stopUpkeep)
            .stage("stop asking for name servers", 0.3, deadline -> stopAsking())
            .stage("drain calls", 0.6, deadline -> onEach(LoopCore::whenDrained))
            .stage("close connections", deadline -> onEach(LoopCore::close))
            .action("free the count", this::freeCount)
            .build();
  }

  @Override
  public void start() {
    TlsOptions secured = options.tls();
    startLoops(secured == null ? null : TlsContexts.of(secured));
    if (addressServer != null) {
      addressServer.start();
    }
  }

  private synchronized void startLoops(@Nullable SslContext tls) {
    if (started || remoting.isRefusing()) {
      throw new IllegalStateException(
          "client: " + (started ? "started before" : "closed") + " (expected: started once)");
    }
    List<EventLoop> all = loops.all();
    started = true;
    Tally tally = ledger.tally("pending call", options.clientId());
    Upkeep tasks = new Upkeep(all.getFirst(), ledger, options.clientId());
    try {
      ConnectionSettings settings = settings(tally, tls);
      cores = all.stream().map(loop -> new LoopCore(loop, settings)).toArray(LoopCore[]::new);
      cores[0].whenLost(heartbeats::connectionLost);
      remoting.start(cores);
      tasks.every(options.routeRefresh(), routes::refreshRound);
      tasks.every(options.heartbeatInterval(), this::keepInTouch);
      if (addressServer != null) {
        tasks.every(AddressServer.PACE, addressServer::look);
      }
    } catch (RuntimeException e) {
      tasks.stop();
      tally.close();
      throw e;
    }
    pendingCalls = tally;
    upkeep = tasks;
  }

  private ConnectionSettings settings(Tally tally, @Nullable SslContext tls) {
    return new ConnectionSettings(
        options.clientId(),
        nameServerAddresses,
        tls,
        loops.socketChannel(),
        new FrameLimits(options.maxFrameBytes(), MAX_HEADER_BYTES, MAX_FIELDS),
        new FrameEncoder(HeaderForm.BINARY),
        new CallLimits(options.maxCallsInFlight(), options.maxBytesInFlight()),
        options.connectTimeout(),
        options.silenceLimit(),
        options.minReconnectDelay(),
        options.maxReconnectDelay(),
        clock,
        ledger,
        tally,
        processors,
        options.credentials());
  }

  /** Beats for the groups, and on each connection that was quiet, so that brokers keep it open. */
  private void keepInTouch() {
    heartbeats.beat();
    long quietSince = clock.nanoTime() - options.heartbeatInterval().toNanos();
    for (LoopCore core : cores()) {
      core.loop.execute(() -> core.tidy(quietSince, heartbeats.empty()));
    }
  }

  @Override
  public RemotingOptions options() {
    return options;
  }

  @Override
  public Routes routes() {
    return routes;
  }

  @Override
  public Sending sending() {
    return sending;
  }

  @Override
  public Popping popping() {
    return popping;
  }

  @Override
  public Transactions transactions() {
    return transactions;
  }

  @Override
  public Pulling pulling() {
    return pulling;
  }

  @Override
  public Consuming consuming() {
    return consuming;
  }

  @Override
  public Offsets offsets() {
    return offsets;
  }

  @Override
  public Administration administration() {
    return administration;
  }

  @Override
  public Memberships memberships() {
    return heartbeats;
  }

  @Override
  public LiteSubscriptions lites() {
    return lites;
  }

  @Override
  public Commands commands() {
    return remoting;
  }

  @Override
  public CompletionStage<CloseReport> closeAsync(Deadline deadline) {
    return closing.closeAsync(deadline);
  }

  private synchronized LoopCore[] cores() {
    return cores;
  }

  private CompletionStage<?> onEach(BiConsumer<LoopCore, CompletableFuture<@Nullable Void>> step) {
    List<CompletableFuture<?>> all = new ArrayList<>();
    for (LoopCore core : cores()) {
      CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
      core.loop.execute(() -> step.accept(core, done));
      all.add(done);
    }
    return CompletableFuture.allOf(all.toArray(CompletableFuture<?>[]::new));
  }

  private CompletionStage<?> stopAsking() {
    return addressServer == null ? CompletableFuture.completedStage(null) : addressServer.stop();
  }

  private synchronized @Nullable Upkeep upkeep() {
    return upkeep;
  }

  /** Not under the lock: whoever waits for a heartbeat is told. */
  private void stopUpkeep() {
    Upkeep tasks = upkeep();
    if (tasks != null) {
      heartbeats.stop();
      tasks.stop();
    }
  }

  private synchronized void freeCount() {
    Tally tally = pendingCalls;
    if (tally != null) {
      tally.close();
    }
  }
}
