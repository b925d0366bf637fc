package dev.sluice.gateway.peers;

import dev.sluice.gateway.upstreams.ResourceKinds;
import dev.sluice.lifecycle.Ledger;
import dev.sluice.lifecycle.Tracked;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.ssl.SslContext;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** Opens connections to other instances, and ends them. Safe for use by any thread. */
final class PeerConnections {
  private static final Duration END = Duration.ofSeconds(5);

  /**
   * How connections are made.
   *
   * @param group the event loops that they run on
   * @param channelType of the group's transport
   * @param tls empty for plain text
   */
  record Transport(
      EventLoopGroup group, Class<? extends Channel> channelType, Optional<SslContext> tls) {}

  /** One connection, in the ledger until it has ended. */
  record Connection(ManagedChannel channel, Tracked tracked) {}

  private final Transport transport;
  private final Duration connectTime;
  private final Ledger ledger;
  // Each removes itself when it has ended.
  private final Map<Connection, CompletableFuture<Void>> ending = new ConcurrentHashMap<>();

  PeerConnections(Transport transport, Duration connectTime, Ledger ledger) {
    this.transport = transport;
    this.connectTime = connectTime;
    this.ledger = ledger;
  }

  /** Begins to connect with its first call. */
  Connection open(String address) {
    NettyChannelBuilder builder =
        NettyChannelBuilder.forTarget("dns:///" + address)
            .eventLoopGroup(transport.group)
            .channelType(transport.channelType)
            .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) connectTime.toMillis())
            .directExecutor()
            // Looking a name up blocks.
            .offloadExecutor(task -> Thread.ofVirtual().name("sluice-peer-lookup").start(task))
            .disableServiceConfigLookUp()
            .proxyDetector(target -> null)
            .maxInboundMessageSize(Envelopes.MAX_ANSWER + 1024);
    transport.tls.ifPresentOrElse(builder::sslContext, builder::usePlaintext);
    ManagedChannel channel = builder.build();
    return new Connection(
        channel, ledger.track(ResourceKinds.PEER_CONNECTION, "peer " + address, channel));
  }

  /** Ends a connection and what is under way on it. */
  void hangUp(Connection connection) {
    var ended = new CompletableFuture<Void>();
    ending.put(connection, ended);
    connection.channel.shutdownNow();
    Thread.ofVirtual()
        .name("sluice-peer-hang-up")
        .start(
            () -> {
              awaitEnd(connection);
              ending.remove(connection);
              ended.complete(null);
            });
  }

  private static void awaitEnd(Connection connection) {
    try {
      if (connection.channel.awaitTermination(END.toMillis(), TimeUnit.MILLISECONDS)) {
        connection.tracked.close();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Done when every connection that was hung up has ended. */
  CompletableFuture<Void> allEnded() {
    return CompletableFuture.allOf(ending.values().toArray(CompletableFuture<?>[]::new));
  }
}
