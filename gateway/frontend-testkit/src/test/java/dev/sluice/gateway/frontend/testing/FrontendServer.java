package dev.sluice.gateway.frontend.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.core.CurrentConnection;
import dev.sluice.gateway.core.Gateway;
import dev.sluice.gateway.spi.testing.MemoryBackend;
import dev.sluice.gateway.spi.testing.MemoryOptions;
import dev.sluice.gateway.upstreams.ClusterKey;
import dev.sluice.gateway.upstreams.ConnectionScope;
import dev.sluice.gateway.upstreams.EndpointAllowList;
import dev.sluice.gateway.upstreams.GatewaySettings;
import dev.sluice.gateway.upstreams.Sealer;
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
import io.grpc.ServerServiceDefinition;
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
import java.util.concurrent.atomic.AtomicLong;

/**
 * A frontend on a real server, with a message system in memory behind it. Stopping it expects that
 * nothing is left open.
 */
public final class FrontendServer {

  /** Where the configured upstream is. */
  public static final String ADDRESS = "10.0.0.1:9876";

  private static final int INBOUND_LIMIT_BYTES = 8 << 20;
  private static final Duration CLOSING = Duration.ofSeconds(30);
  private static final Attributes.Key<ConnectionScope> SCOPE = Attributes.Key.create("scope");
  private static final Context.Key<ConnectionScope> CURRENT = Context.key("scope");

  /** Makes the frontend that is tested. */
  @FunctionalInterface
  public interface Maker {

    /** The frontend, on a gateway that has started. */
    Served make(Gateway gateway, CurrentConnection connection, Ledger ledger);
  }

  /**
   * A frontend.
   *
   * @param service what callers find
   * @param close called before the gateway is closed
   */
  public record Served(ServerServiceDefinition service, Runnable close) {}

  private final Ledger ledger = Ledger.create();
  private final HastenedClock clock = new HastenedClock();
  private final MemoryBackend backend;
  private final Gateway gateway;
  private final EventLoopGroup serving;
  private final EventLoopGroup calling;
  private final Served frontend;
  private final Server server;
  private final List<ManagedChannel> channels = new ArrayList<>();

  private FrontendServer(GatewaySettings settings, MemoryOptions options, Maker maker)
      throws IOException {
    serving = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    calling = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    var loops = new NettyLoops(serving);
    backend = new MemoryBackend(loops, clock, options.withMaxBatchBytes(8 << 20));
    gateway =
        Gateway.create(
            new Gateway.Parts(
                settings,
                loops,
                List.of(backend),
                ledger,
                clock,
                Sealer.with(ClusterKey.random()),
                EndpointAllowList.of(
                    Set.of(MemoryBackend.SCHEME),
                    MemoryBackend.SCHEME,
                    ADDRESS,
                    List.of("10.0.0.2:9876"))));
    gateway.start();
    frontend = maker.make(gateway, () -> Objects.requireNonNull(CURRENT.get()), ledger);
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .directExecutor()
            .bossEventLoopGroup(serving)
            .workerEventLoopGroup(serving)
            .channelType(NioServerSocketChannel.class)
            .maxInboundMessageSize(INBOUND_LIMIT_BYTES)
            .addTransportFilter(new ScopePerTransport())
            .intercept(new ScopeOfCall())
            .addService(frontend.service())
            .build()
            .start();
  }

  /** Listens on a free port of the loopback address. */
  public static FrontendServer start(GatewaySettings settings, MemoryOptions options, Maker maker)
      throws IOException {
    return new FrontendServer(settings, options, maker);
  }

  /** Counts everything open. */
  public Ledger ledger() {
    return ledger;
  }

  /** The message system. */
  public MemoryBackend backend() {
    return backend;
  }

  /** What is behind the frontend. */
  public Gateway gateway() {
    return gateway;
  }

  /** Lets time pass at once for the gateway and the message system; timers under way stay. */
  public void pass(Duration time) {
    clock.pass(time);
  }

  /** A connection of its own to the server. */
  public ManagedChannel connect() {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getPort()))
            .usePlaintext()
            .maxInboundMessageSize(INBOUND_LIMIT_BYTES)
            .eventLoopGroup(calling)
            .channelType(NioSocketChannel.class)
            .build();
    channels.add(channel);
    return channel;
  }

  /** Ends a connection, also with calls under way; the gateway notices soon after. */
  public void disconnect(ManagedChannel channel) throws InterruptedException {
    channel.shutdownNow();
    assertThat(channel.awaitTermination(CLOSING.toSeconds(), TimeUnit.SECONDS)).isTrue();
    channels.remove(channel);
  }

  /** Closes the frontend and the gateway while callers are still connected. */
  public void closeGateway() throws InterruptedException {
    server.shutdown();
    frontend.close().run();
    gateway.close(Deadline.after(CLOSING));
  }

  /** Closes everything, and expects that nothing is left open. */
  public void stop() throws InterruptedException {
    for (ManagedChannel channel : List.copyOf(channels)) {
      disconnect(channel);
    }
    server.shutdown();
    assertThat(server.awaitTermination(CLOSING.toSeconds(), TimeUnit.SECONDS)).isTrue();
    frontend.close().run();
    var report = gateway.close(Deadline.after(CLOSING));
    assertThat(serving.shutdownGracefully(0, 5, TimeUnit.SECONDS).await(CLOSING.toMillis()))
        .isTrue();
    assertThat(calling.shutdownGracefully(0, 5, TimeUnit.SECONDS).await(CLOSING.toMillis()))
        .isTrue();
    assertThat(report.clean()).as(report.describe()).isTrue();
    LedgerCheck.assertClean(ledger);
    assertThat(backend.openUpstreams()).isZero();
  }

  private static final class HastenedClock implements Clock {
    private final AtomicLong passedMillis = new AtomicLong();

    void pass(Duration time) {
      passedMillis.addAndGet(time.toMillis());
    }

    @Override
    public long nanoTime() {
      return Clock.system().nanoTime() + TimeUnit.MILLISECONDS.toNanos(passedMillis.get());
    }

    @Override
    public long currentTimeMillis() {
      return Clock.system().currentTimeMillis() + passedMillis.get();
    }
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
