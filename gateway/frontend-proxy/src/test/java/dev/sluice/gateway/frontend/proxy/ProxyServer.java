package dev.sluice.gateway.frontend.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.core.ClusterKey;
import dev.sluice.gateway.core.ConnectionScope;
import dev.sluice.gateway.core.EndpointAllowList;
import dev.sluice.gateway.core.Gateway;
import dev.sluice.gateway.core.GatewaySettings;
import dev.sluice.gateway.core.Sealer;
import dev.sluice.gateway.core.testing.MemoryBackend;
import dev.sluice.gateway.core.testing.MemoryOptions;
import dev.sluice.lifecycle.Clock;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.testkit.LedgerCheck;
import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerTransportFilter;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The frontend on a real server, with a message system in memory behind it. Closing it expects that
 * nothing is left open.
 */
final class ProxyServer {

  /** Where the configured upstream is. */
  static final String ADDRESS = "10.0.0.1:9876";

  private static final Attributes.Key<ConnectionScope> SCOPE = Attributes.Key.create("scope");
  private static final Context.Key<ConnectionScope> CURRENT = Context.key("scope");

  final Ledger ledger = Ledger.create();
  final MemoryBackend backend;
  final Gateway gateway;
  volatile HealthProbe.Health health = new HealthProbe.Health(true, "ready");

  private final EventLoopGroup serving;
  private final EventLoopGroup calling;
  private final Server server;
  private final List<ManagedChannel> channels = new ArrayList<>();

  private ProxyServer(GatewaySettings settings) throws IOException {
    serving = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    calling = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    var loops = new NettyLoops(serving);
    var options = MemoryOptions.DEFAULTS.withMaxBatchBytes(8 << 20);
    backend = new MemoryBackend(loops, Clock.system(), options);
    gateway =
        Gateway.create(
            new Gateway.Parts(
                settings,
                loops,
                List.of(backend),
                ledger,
                Clock.system(),
                Sealer.with(ClusterKey.random()),
                EndpointAllowList.of(
                    Set.of(MemoryBackend.SCHEME),
                    MemoryBackend.SCHEME,
                    ADDRESS,
                    List.of("10.0.0.2:9876"))));
    gateway.start();
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .directExecutor()
            .bossEventLoopGroup(serving)
            .workerEventLoopGroup(serving)
            .channelType(NioServerSocketChannel.class)
            .maxInboundMessageSize(ProxyFrontend.MIN_INBOUND_LIMIT_BYTES)
            .addTransportFilter(new ScopePerTransport())
            .intercept(new ScopeOfCall())
            .addService(
                ProxyFrontend.service(
                    gateway,
                    () -> Objects.requireNonNull(CURRENT.get()),
                    () -> health,
                    Clock.system()))
            .build()
            .start();
  }

  static ProxyServer start() throws IOException {
    return start(GatewaySettings.DEFAULTS);
  }

  static ProxyServer start(GatewaySettings settings) throws IOException {
    return new ProxyServer(settings);
  }

  /** A connection of its own to the server. */
  ManagedChannel connect() {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getPort()))
            .usePlaintext()
            .maxInboundMessageSize(ProxyFrontend.MIN_INBOUND_LIMIT_BYTES)
            .eventLoopGroup(calling)
            .channelType(NioSocketChannel.class)
            .build();
    channels.add(channel);
    return channel;
  }

  /** Ends a connection, also with calls under way, and waits until the gateway has noticed. */
  void disconnect(ManagedChannel channel) throws InterruptedException {
    channel.shutdownNow();
    assertThat(channel.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    channels.remove(channel);
  }

  /** Closes everything, and expects that nothing is left open. */
  void stop() throws InterruptedException {
    for (ManagedChannel channel : List.copyOf(channels)) {
      disconnect(channel);
    }
    server.shutdown();
    assertThat(server.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    var report = gateway.close(Deadline.after(Duration.ofSeconds(10)));
    assertThat(serving.shutdownGracefully(0, 5, TimeUnit.SECONDS).await(10, TimeUnit.SECONDS))
        .isTrue();
    assertThat(calling.shutdownGracefully(0, 5, TimeUnit.SECONDS).await(10, TimeUnit.SECONDS))
        .isTrue();
    assertThat(report.clean()).as(report.describe()).isTrue();
    LedgerCheck.assertClean(ledger);
    assertThat(backend.openUpstreams()).isZero();
  }

  private final class ScopePerTransport extends ServerTransportFilter {

    @Override
    public Attributes transportReady(Attributes attributes) {
      String peer = String.valueOf(attributes.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR));
      return attributes.toBuilder().set(SCOPE, gateway.openConnection(peer)).build();
    }

    @Override
    public void transportTerminated(Attributes attributes) {
      ConnectionScope scope = attributes.get(SCOPE);
      if (scope != null) {
        scope.close();
      }
    }
  }

  private static final class ScopeOfCall implements ServerInterceptor {

    @Override
    public <T, R> ServerCall.Listener<T> interceptCall(
        ServerCall<T, R> call, Metadata headers, ServerCallHandler<T, R> next) {
      ConnectionScope scope = call.getAttributes().get(SCOPE);
      return Contexts.interceptCall(
          Context.current().withValue(CURRENT, scope), call, headers, next);
    }
  }
}
