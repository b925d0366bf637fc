package dev.sluice.gateway.access;

import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A gRPC server with TLS, and channels to it; closes both. */
final class TlsServer implements AutoCloseable {
  private final Server server;
  private final List<ManagedChannel> channels = new ArrayList<>();

  TlsServer(ServerTls tls) throws IOException {
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .sslContext(tls.forGrpc())
            .directExecutor()
            .addService(Echo.service())
            .build()
            .start();
  }

  int port() {
    return server.getPort();
  }

  /** A channel to {@code localhost}, not connected yet. */
  ManagedChannel channel(ClientTls.Files files) {
    return channel(ClientTls.load(files));
  }

  /** Another one that shares its sessions with others of this. */
  ManagedChannel channel(ClientTls tls) {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("localhost", port(), tls.credentials())
            .directExecutor()
            .build();
    channels.add(channel);
    return channel;
  }

  ManagedChannel plaintext() {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("localhost", port()).usePlaintext().build();
    channels.add(channel);
    return channel;
  }

  @Override
  public void close() {
    channels.forEach(ManagedChannel::shutdownNow);
    server.shutdownNow();
    try {
      for (ManagedChannel channel : channels) {
        channel.awaitTermination(5, TimeUnit.SECONDS);
      }
      server.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
