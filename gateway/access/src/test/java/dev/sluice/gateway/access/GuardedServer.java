package dev.sluice.gateway.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.core.Gateway;
import dev.sluice.gateway.spi.testing.MemoryBackend;
import dev.sluice.gateway.spi.testing.MemoryOptions;
import dev.sluice.gateway.spi.testing.ThreadLoops;
import dev.sluice.gateway.upstreams.ClusterKey;
import dev.sluice.gateway.upstreams.ConnectionScope;
import dev.sluice.gateway.upstreams.EndpointAllowList;
import dev.sluice.gateway.upstreams.GatewayMetrics.Counter;
import dev.sluice.gateway.upstreams.GatewaySettings;
import dev.sluice.gateway.upstreams.Sealer;
import dev.sluice.lifecycle.Clock;
import dev.sluice.lifecycle.Deadline;
import dev.sluice.lifecycle.Ledger;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/**
 * A gRPC server behind {@link Connections}, with a gateway: {@code test.Echo} with {@code Say} and
 * {@code Watch}, whose streams end with their scope, {@code test.Open} for everyone, and {@code
 * test.Peers} for everyone beyond all limits.
 */
final class GuardedServer implements AutoCloseable {
  private static final Duration CLOSING = Duration.ofSeconds(30);

  private final ThreadLoops loops = new ThreadLoops(1);
  private final Gateway gateway;
  private final Server server;
  private final Queue<ManagedChannel> channels = new ConcurrentLinkedQueue<>();
  final Connections connections;

  GuardedServer(ConnectionLimits limits, Authenticator authenticator, Ledger ledger)
      throws IOException {
    Clock clock = Clock.system();
    gateway =
        Gateway.create(
            new Gateway.Parts(
                GatewaySettings.DEFAULTS,
                loops,
                List.of(new MemoryBackend(loops, clock, MemoryOptions.DEFAULTS)),
                ledger,
                clock,
                Sealer.with(ClusterKey.random()),
                EndpointAllowList.of(
                    Set.of(MemoryBackend.SCHEME), MemoryBackend.SCHEME, "memory:1", List.of())));
    gateway.start();
    connections =
        new Connections(
            gateway,
            limits,
            new Doors(authenticator, Map.of(), Set.of("test.Open"), Set.of("test.Peers")),
            clock);
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .directExecutor()
            .addTransportFilter(connections)
            .intercept(connections)
            .addService(echo())
            .addService(
                ServerServiceDefinition.builder("test.Open")
                    .addMethod(Echo.say("test.Open"))
                    .addMethod(watch("test.Open"))
                    .build())
            .addService(
                ServerServiceDefinition.builder("test.Peers")
                    .addMethod(Echo.say("test.Peers"))
                    .build())
            .build()
            .start();
  }

  private ServerServiceDefinition echo() {
    return ServerServiceDefinition.builder("test.Echo")
        .addMethod(Echo.say("test.Echo"))
        .addMethod(watch("test.Echo"))
        .build();
  }

  private ServerMethodDefinition<String, String> watch(String service) {
    return ServerMethodDefinition.create(
        Echo.method(service, "Watch", MethodType.SERVER_STREAMING),
        ServerCalls.asyncServerStreamingCall(
            (request, observer) -> {
              var call = (ServerCallStreamObserver<String>) observer;
              ConnectionScope scope = connections.get();
              AutoCloseable end = () -> call.onError(Status.UNAVAILABLE.asRuntimeException());
              call.setOnCancelHandler(() -> scope.forget(end));
              scope.adopt(end);
              call.onNext(scope.caller().name());
            }));
  }

  ManagedChannel channel() {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("localhost", server.getPort()).usePlaintext().build();
    channels.add(channel);
    return channel;
  }

  long count(Counter counter) {
    return gateway.metrics().value(counter);
  }

  Gateway gateway() {
    return gateway;
  }

  @Override
  public void close() {
    channels.forEach(ManagedChannel::shutdownNow);
    server.shutdownNow();
    try {
      for (ManagedChannel channel : channels) {
        channel.awaitTermination(30, TimeUnit.SECONDS);
      }
      server.awaitTermination(30, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    var report = gateway.close(Deadline.after(CLOSING));
    loops.close();
    assertThat(report.clean()).as(report.describe()).isTrue();
    assertThat(connections.isIdle()).isTrue();
  }
}
