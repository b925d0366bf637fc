package dev.sluice.gateway.server;

import dev.sluice.gateway.access.FileWatch;
import dev.sluice.gateway.access.ServerTls;
import dev.sluice.gateway.backend.rocketmq.NettyLoops;
import dev.sluice.gateway.core.CurrentConnection;
import dev.sluice.gateway.core.Gateway;
import dev.sluice.gateway.frontend.proxy.HealthProbe.Health;
import dev.sluice.gateway.frontend.proxy.ProxyFrontend;
import dev.sluice.gateway.frontend.v2.V2Frontend;
import dev.sluice.gateway.peers.PeerNetwork;
import dev.sluice.gateway.spi.Credentials;
import dev.sluice.gateway.upstreams.ClusterKey;
import dev.sluice.gateway.upstreams.EndpointAllowList;
import dev.sluice.gateway.upstreams.GatewayMetrics;
import dev.sluice.gateway.upstreams.Sealer;
import dev.sluice.lifecycle.BoundedCloseable;
import dev.sluice.lifecycle.Clock;
import dev.sluice.lifecycle.CloseReport;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.lifecycle.StagedClose;
import dev.sluice.rocketmq.remoting.EventLoops;
import io.grpc.ServerServiceDefinition;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One gateway process's parts, wired: event loops, core, gRPC, HTTP, and the embedded broker where
 * there is one.
 *
 * <p>{@link #start} opens them and, when it fails, closes what it had. Closing refuses new calls
 * first, drains what is under way and hands back what callers hold, then frees servers, loops and
 * at last the broker. Both block; neither may be called on an event loop.
 */
public final class GatewayServer implements BoundedCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(GatewayServer.class);

  private static final Duration FIRST_ANSWER = Duration.ofSeconds(3);

  private final Settings settings;
  private final MessageSystem system;
  private final Ledger ledger;
  private final Clock clock;
  private final EventLoops loops;
  private final CallStatistics calls = new CallStatistics();
  private final BoundedCloseable closing;
  private volatile @Nullable Gateway gateway;
  private volatile @Nullable UpstreamHealth health;
  private volatile @Nullable Rates rates;
  private volatile @Nullable FileWatch files;
  private volatile @Nullable PeerNetwork peers;
  private volatile @Nullable GrpcEndpoint grpc;
  private volatile @Nullable HttpEndpoint http;
  private volatile @Nullable V2Frontend v2;
  private volatile MessageSystem.@Nullable Running upstream;

  GatewayServer(Settings settings, MessageSystem system, Ledger ledger, Clock clock) {
    this.settings = settings;
    this.system = system;
    this.ledger = ledger;
    this.clock = clock;
    this.loops = EventLoops.owned(settings.eventLoops(), ledger);
    this.closing =
        StagedClose.named("gateway")
            .action("stop accepting", this::stopAccepting)
            .stage("drain", 0.7, this::drain)
            .stage("peers", 0.4, this::closePeers)
            .stage("servers", 0.4, this::closeServers)
            .stage("event loops", 0.4, loops::closeAsync)
            .stage("engine", this::closeEngine)
            .action("ledger", this::checkLedger)
            .build();
  }

  /**
   * A gateway in front of RocketMQ that has opened nothing yet.
   *
   * @param progress takes lines for a waiting user, on any thread
   */
  public static GatewayServer rocketMQ(Settings settings, Consumer<String> progress) {
    return new GatewayServer(
        settings, new RocketMQSystem(progress), Ledger.create(), Clock.system());
  }

  /**
   * Opens everything. When it returns, calls are served and the upstream was asked once; an
   * upstream that does not answer is no failure, since it may come back.
   *
   * @throws StartException where something is in the way; nothing is left open then
   */
  public void start() {
    try {
      open();
    } catch (RuntimeException | Error e) {
      // An interrupt ended the start, and must not end the undoing too.
      boolean interrupted = Thread.interrupted();
      CloseReport undone = stop();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      if (!undone.clean()) {
        LOG.error("After a start that failed:\n{}", undone.describe());
      }
      throw e;
    }
  }

  private void open() {
    Access access = Access.load(settings.network().access(), clock);
    access.warn(settings.network().address());
    loops.start();
    MessageSystem.Running running = system.start(settings, ledger);
    upstream = running;
    NettyLoops coreLoops = NettyLoops.of(loops);
    Sealer sealer = Sealer.with(clusterKey());
    GatewayMetrics metrics = new GatewayMetrics();
    PeerNetwork others =
        PeerNetwork.create(
            new PeerNetwork.Parts(
                coreLoops,
                loops.group(),
                loops.socketChannel(),
                access.tls().map(ServerTls::forPeers),
                sealer,
                metrics,
                ledger,
                clock));
    peers = others;
    Gateway core =
        Gateway.create(
            new Gateway.Parts(
                settings.core(),
                coreLoops,
                List.of(system.backend(loops, ledger, clock, settings.brokers())),
                ledger,
                clock,
                sealer,
                EndpointAllowList.of(
                    Set.of(system.scheme()),
                    system.scheme(),
                    running.address(),
                    settings.allowedEndpoints()),
                metrics,
                others));
    gateway = core;
    core.start();
    UpstreamHealth asking =
        new UpstreamHealth(
            core,
            settings.upstreamCredentials(),
            coreLoops.all().getFirst(),
            clock,
            ledger,
            this::healthChanged);
    health = asking;
    Rates sampling = new Rates(core.metrics(), calls, coreLoops.all().getFirst(), clock, ledger);
    rates = sampling;
    GrpcEndpoint serving =
        new GrpcEndpoint(
            settings.network(),
            access,
            core,
            loops,
            calls,
            ledger,
            clock,
            this::frontends,
            others.service(core.answers()));
    grpc = serving;
    serving.start();
    others.reachableAt(settings.network().advertised().withPort(serving.port()));
    FileWatch watching = access.watch(coreLoops.all().getFirst(), ledger, core.metrics());
    files = watching;
    watching.start();
    CompletableFuture<Health> firstAnswer = asking.start();
    sampling.start();
    Observations observed =
        new Observations(
            core,
            calls,
            sampling,
            ledger,
            clock,
            settings.network().access().limits().connections());
    if (settings.network().metrics()) {
      observed.begin();
    }
    HttpEndpoint web = new HttpEndpoint(settings.network(), access.tls(), asking, observed, ledger);
    http = web;
    web.start();
    awaitFirst(firstAnswer);
  }

  /** For a while only: an upstream that is away is no reason not to serve. */
  private static void awaitFirst(CompletableFuture<Health> answer) {
    try {
      answer.get(FIRST_ANSWER.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      LOG.warn("The upstream has not answered yet");
    } catch (ExecutionException e) {
      throw new IllegalStateException("asking the upstream failed", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartException("interrupted while starting", e);
    }
  }

  private List<ServerServiceDefinition> frontends(Gateway core, CurrentConnection connections) {
    UpstreamHealth asking = health;
    V2Frontend second =
        V2Frontend.create(
            core,
            connections,
            // Nobody in particular gets what the gateway may do.
            settings.network().access().knowsCallers()
                ? settings.upstreamCredentials()
                : Credentials.NONE,
            settings.network().clientEndpoints(),
            ledger);
    v2 = second;
    return List.of(
        second.service(),
        ProxyFrontend.service(
            core,
            connections,
            () -> asking == null ? new Health(false, "starting") : asking.health(),
            clock));
  }

  /** The port of gRPC. */
  public int grpcPort() {
    return started(grpc).port();
  }

  /** The port of HTTP. */
  public int httpPort() {
    return started(http).port();
  }

  /** Whether the upstream answered when it was last asked, and what it said. */
  public Health health() {
    return started(health).health();
  }

  /** Everything that is open. */
  public Ledger ledger() {
    return ledger;
  }

  /** One line for people: where it listens, and what is behind it. */
  public String describe() {
    String host = settings.network().address().getHostAddress();
    MessageSystem.Running behind = started(upstream);
    return "gRPC %s:%d, HTTP %s:%d, upstream %s%s"
        .formatted(
            host,
            grpcPort(),
            host,
            httpPort(),
            behind.address(),
            behind.description().isEmpty() ? "" : " (" + behind.description() + ")");
  }

  @Override
  public CompletionStage<CloseReport> closeAsync(Deadline deadline) {
    return closing.closeAsync(deadline);
  }

  /** Closes in the time that the settings allow, unless that was done before. Blocks. */
  public CloseReport stop() {
    return close(Deadline.after(settings.shutdownTimeout(), clock));
  }

  private void healthChanged(Health now) {
    GrpcEndpoint serving = grpc;
    if (serving != null) {
      serving.serving(now.healthy());
    }
    if (now.healthy()) {
      LOG.info("The upstream answers");
    } else {
      LOG.warn("The upstream does not answer: {}", now.message());
    }
  }

  private void stopAccepting() {
    HttpEndpoint web = http;
    if (web != null) {
      web.stopAccepting();
    }
    GrpcEndpoint serving = grpc;
    if (serving != null) {
      serving.stopAccepting();
    }
  }

  private CompletionStage<?> drain(Deadline deadline) {
    Rates sampling = rates;
    if (sampling != null) {
      sampling.stop();
    }
    FileWatch watching = files;
    if (watching != null) {
      watching.stop();
    }
    UpstreamHealth asking = health;
    V2Frontend second = v2;
    if (second != null) {
      second.close();
    }
    Gateway core = gateway;
    if (core == null) {
      return CompletableFuture.completedStage(null);
    }
    CompletionStage<?> stopped =
        asking == null ? CompletableFuture.completedStage(null) : asking.stop();
    return stopped.thenCompose(done -> core.closeAsync(deadline));
  }

  private CompletionStage<?> closePeers(Deadline deadline) {
    PeerNetwork others = peers;
    return others == null ? CompletableFuture.completedStage(null) : others.closeAsync(deadline);
  }

  private CompletionStage<?> closeServers(Deadline deadline) {
    GrpcEndpoint serving = grpc;
    HttpEndpoint web = http;
    CompletionStage<?> first =
        serving == null ? CompletableFuture.completedStage(null) : serving.close(deadline);
    CompletionStage<?> second =
        web == null ? CompletableFuture.completedStage(null) : web.close(deadline);
    return CompletableFuture.allOf(first.toCompletableFuture(), second.toCompletableFuture());
  }

  private CompletionStage<?> closeEngine(Deadline deadline) {
    MessageSystem.Running running = upstream;
    return running == null || running.owned().isEmpty()
        ? CompletableFuture.completedStage(null)
        : running.owned().get().closeAsync(deadline);
  }

  private void checkLedger() {
    if (!ledger.isEmpty()) {
      LOG.error("Still open after closing everything:\n{}", ledger.snapshot());
    }
  }

  private ClusterKey clusterKey() {
    if (settings.clusterKey().isPresent()) {
      return settings.clusterKey().get();
    }
    Path file = settings.dataFolder().resolve("cluster.key");
    try {
      return ClusterKey.loadOrCreate(file);
    } catch (IOException | IllegalArgumentException e) {
      throw new StartException("The cluster key cannot be used: " + e.getMessage(), e);
    }
  }

  private static <T> T started(@Nullable T part) {
    if (part == null) {
      throw new IllegalStateException("gateway: not started");
    }
    return part;
  }
}
