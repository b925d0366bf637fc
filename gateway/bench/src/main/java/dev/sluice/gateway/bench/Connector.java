package dev.sluice.gateway.bench;

import io.grpc.ManagedChannel;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;

/** Makes connections to the gateway. */
@FunctionalInterface
public interface Connector {
  /**
   * One more, which connects with its first call.
   *
   * @param loop where its calls are answered, by the direct executor
   * @param transport of the loop
   * @return to be shut down by the caller
   */
  ManagedChannel connect(EventLoop loop, Class<? extends SocketChannel> transport);
}
