package dev.sluice.gateway.server;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Closes TCP connections beyond a maximum as soon as they are accepted. The maximum is above what
 * callers may have, so that those a little too many still get an answer that says so; this is for
 * floods, and for peers that never get as far as HTTP/2.
 */
final class AcceptLimit extends ChannelInboundHandlerAdapter {
  private final int maximum;
  private final AtomicInteger open = new AtomicInteger();

  private AcceptLimit(int maximum) {
    this.maximum = maximum;
  }

  static AcceptLimit above(int connections) {
    return new AcceptLimit(connections + Math.max(16, connections / 10));
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object accepted) {
    if (accepted instanceof Channel child) {
      if (open.incrementAndGet() > maximum) {
        open.decrementAndGet();
        child.unsafe().closeForcibly();
        return;
      }
      child.closeFuture().addListener(closed -> open.decrementAndGet());
    }
    ctx.fireChannelRead(accepted);
  }
}
