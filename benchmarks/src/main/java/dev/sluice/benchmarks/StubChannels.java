package dev.sluice.benchmarks;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import java.util.List;
import java.util.stream.Stream;

/** HTTP/2 connections to one server, on epoll and with the direct executor. */
final class StubChannels implements AutoCloseable {

  private static final int LOOPS = 2;

  private final EventLoopGroup loops;
  private final List<ManagedChannel> channels;

  private StubChannels(EventLoopGroup loops, List<ManagedChannel> channels) {
    this.loops = loops;
    this.channels = channels;
  }

  static StubChannels to(int port, int connections) {
    EventLoopGroup loops = new MultiThreadIoEventLoopGroup(LOOPS, EpollIoHandler.newFactory());
    return new StubChannels(
        loops, Stream.generate(() -> channel(port, loops)).limit(connections).toList());
  }

  private static ManagedChannel channel(int port, EventLoopGroup loops) {
    return NettyChannelBuilder.forAddress("127.0.0.1", port)
        .eventLoopGroup(loops)
        .channelType(EpollSocketChannel.class)
        .directExecutor()
        .usePlaintext()
        .build();
  }

  List<ManagedChannel> all() {
    return channels;
  }

  @Override
  public void close() {
    channels.forEach(ManagedChannel::shutdownNow);
    loops.shutdownGracefully().awaitUninterruptibly();
  }
}
