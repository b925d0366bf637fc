package dev.sluice.gateway.server;

import dev.sluice.gateway.access.AcceptLimit;
import dev.sluice.gateway.access.ConnectionLimits;
import dev.sluice.gateway.access.Connections;
import dev.sluice.gateway.backend.rocketmq.NettyLoops;
import dev.sluice.gateway.core.CurrentConnection;
import dev.sluice.gateway.core.Gateway;
import dev.sluice.gateway.frontend.proxy.ProxyFrontend;
import dev.sluice.gateway.peers.PeerNetwork;
import dev.sluice.gateway.proto.proxy.RocketMQProxyGrpc;
import dev.sluice.gateway.proto.v2.MessagingServiceGrpc;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.lifecycle.Clock;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.lifecycle.Tracked;
import dev.sluice.rocketmq.remoting.EventLoops;
import io.grpc.Server;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * The gRPC server: the frontends' services, health checking and reflection, on the shared event
 * loops. Calls are served on the loop that their connection lives on.
 */
final class GrpcEndpoint {
  /** Also what a caller may send while a frontend answers that it is too much. */
  private static final int INBOUND_BYTES = ProxyFrontend.MIN_INBOUND_LIMIT_BYTES;

  private static final int CALLS_PER_CONNECTION = 10_000;

  /**
   * What a connection may send that nobody has read yet. Fixed: it would grow to eight times as
   * much where callers are near.
   */
  private static final int WINDOW_BYTES = 1024 * 1024;

  /** The most bytes of a call's headers, names and values and 32 for each. */
  private static final int HEADER_BYTES = 16 * 1024;

  /**
   * A connection that resets more calls than this in so many seconds is ended: each costs work that
   * it need not wait for.
   */
  private static final int MAX_RESETS = 5000;

  private static final int RESETS_SECONDS = 10;

  /** What everyone may call, so that balancers can tell whether it lives. */
  private static final Set<String> OPEN =
      Set.of(HealthGrpc.SERVICE_NAME, RocketMQProxyGrpc.getHealthCheckMethod().getFullMethodName());

  /** What other gateways call, whose requests prove themselves. */
  private static final Set<String> UNLIMITED = Set.of(PeerNetwork.serviceName());

  /**
   * How often clients may ping, also without calls. Published SDKs do every 10 s at most; timers
   * and networks have some of that come early, and a few early ones would end an idle connection.
   */
  private static final int CLIENT_PING_SECONDS = 5;

  private static final Duration LAST_ANSWERS = Duration.ofSeconds(1);

  private final Settings.Network network;
  private final Access access;
  private final Gateway gateway;
  private final EventLoops loops;
  private final CallStatistics calls;
  private final Ledger ledger;
  private final Clock clock;
  private final BiFunction<Gateway, CurrentConnection, List<ServerServiceDefinition>> frontends;
  private final ServerServiceDefinition peers;
  private final HealthStatusManager health = new HealthStatusManager();
  private volatile @Nullable Server server;
  private volatile @Nullable Arrivals arrivals;
  private volatile @Nullable Tracked tracked;
  private volatile List<String> services = List.of();

  /** Nothing listens before {@link #start}. */
  GrpcEndpoint(
      Settings.Network network,
      Access access,
      Gateway gateway,
      EventLoops loops,
      CallStatistics calls,
      Ledger ledger,
      Clock clock,
      BiFunction<Gateway, CurrentConnection, List<ServerServiceDefinition>> frontends,
      ServerServiceDefinition peers) {
    this.network = network;
    this.access = access;
    this.gateway = gateway;
    this.loops = loops;
    this.calls = calls;
    this.ledger = ledger;
    this.clock = clock;
    this.frontends = frontends;
    this.peers = peers;
  }

  /**
   * Listens.
   *
   * @throws StartException where the port cannot be had
   */
  void start() {
    ConnectionLimits limits = network.access().limits();
    Connections connections =
        new Connections(
            gateway,
            limits,
            access.doors(MessagingServiceGrpc.SERVICE_NAME, OPEN, UNLIMITED),
            clock);
    access.onRevoked(connections::end);
    List<ServerServiceDefinition> definitions = frontends.apply(gateway, connections);
    AcceptLimit limit =
        new AcceptLimit(
            limits,
            OpenFiles.connections(limits, HttpEndpoint.maxConnections(network)),
            () -> gateway.metrics().increment(Counter.CONNECTIONS_REFUSED));
    Arrivals arriving =
        new Arrivals(network.arrivals(), NettyLoops.of(loops), clock, gateway.metrics(), ledger);
    arrivals = arriving;
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(new InetSocketAddress(network.address(), network.grpcPort()))
            .bossEventLoopGroup(loops.group())
            .workerEventLoopGroup(loops.group())
            .channelFactory(() -> listening(limit))
            .directExecutor()
            .maxInboundMessageSize(INBOUND_BYTES)
            .flowControlWindow(WINDOW_BYTES)
            .maxInboundMetadataSize(HEADER_BYTES)
            .maxConcurrentCallsPerConnection(CALLS_PER_CONNECTION)
            .maxRstFramesPerWindow(MAX_RESETS, RESETS_SECONDS)
            .handshakeTimeout(network.access().handshake().toMillis(), TimeUnit.MILLISECONDS)
            .permitKeepAliveTime(CLIENT_PING_SECONDS, TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true)
            .keepAliveTime(network.keepAlive().toMillis(), TimeUnit.MILLISECONDS)
            .keepAliveTimeout(network.keepAliveTimeout().toMillis(), TimeUnit.MILLISECONDS)
            .addTransportFilter(connections)
            .addTransportFilter(arriving.connections())
            .addStreamTracerFactory(arriving)
            .intercept(connections)
            .addService(
                MalformedRequests.answered(
                    ServerInterceptors.intercept(health.getHealthService(), new HealthNames())))
            .addService(
                MalformedRequests.answered(ProtoReflectionServiceV1.newInstance().bindService()))
            .addService(MalformedRequests.answered(peers));
    access.tls().ifPresent(tls -> builder.sslContext(tls.forGrpc()));
    if (network.metrics()) {
      builder.addStreamTracerFactory(calls).intercept(calls);
    }
    for (ServerServiceDefinition definition : definitions) {
      builder.addService(MalformedRequests.answered(definition));
      definition.getMethods().forEach(method -> calls.expect(method.getMethodDescriptor()));
    }
    services =
        definitions.stream()
            .map(definition -> definition.getServiceDescriptor().getName())
            .toList();
    serving(false);
    Server listening = builder.build();
    try {
      listening.start();
    } catch (IOException e) {
      arriving.close();
      throw StartException.port(
          Setting.GRPC_PORT, network.address().getHostAddress(), network.grpcPort(), e);
    }
    server = listening;
    tracked = ledger.track("server", "grpc", listening);
  }

  /** The port that it listens on. */
  int port() {
    Server listening = server;
    if (listening == null) {
      throw new IllegalStateException("grpc server: not started");
    }
    return listening.getPort();
  }

  /** What health checks answer from now on. */
  void serving(boolean yes) {
    ServingStatus status = yes ? ServingStatus.SERVING : ServingStatus.NOT_SERVING;
    health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, status);
    services.forEach(service -> health.setStatus(service, status));
  }

  /** Accepts no more connections and calls; those under way go on. */
  void stopAccepting() {
    health.enterTerminalState();
    Server listening = server;
    if (listening != null) {
      listening.shutdown();
    }
  }

  /**
   * Cancels what is left of the calls: nothing is under way behind them any more. Callers get a
   * moment to read their last answers.
   */
  CompletionStage<?> close(Deadline deadline) {
    Server listening = server;
    if (listening == null) {
      return CompletableFuture.completedStage(null);
    }
    return OffLoop.run(
        () -> {
          listening.shutdown();
          long moment = Math.min(LAST_ANSWERS.toNanos(), deadline.remainingNanos() / 2);
          if (!listening.awaitTermination(moment, TimeUnit.NANOSECONDS)) {
            listening.shutdownNow();
            listening.awaitTermination(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
          }
          Tracked entry = tracked;
          Arrivals arriving = arrivals;
          if (entry != null && arriving != null && listening.isTerminated()) {
            entry.close();
            arriving.close();
          }
        });
  }

  private ServerChannel listening(AcceptLimit limit) {
    ServerChannel channel =
        EventLoops.epoll() ? new EpollServerSocketChannel() : new NioServerSocketChannel();
    channel.pipeline().addLast(limit);
    return channel;
  }
}
